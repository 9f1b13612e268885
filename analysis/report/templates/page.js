"use strict";
// The browser of responses. Everything that a model wrote becomes a text node, never markup.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("responses");
  const titles = read("titles");
  const at = (id) => document.getElementById(id);
  const BASE = data.variants[0];
  const NAMES = { u: "unshifted", m: "marginal", s: "shifted" };
  const VERDICTS = { not_stated: "unscored" };
  const LONGEST = 90;  // letters of a prompt in the list

  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };
  const options = (select, rows) => {
    const before = select.value;
    select.replaceChildren(...rows.map(([value, text]) => {
      const option = make("option", "", text);
      option.value = value;
      return option;
    }));
    if (rows.some(([value]) => value === before)) select.value = before;
  };
  const bidi = (tag, className, text) => {
    const element = make(tag, className, text);
    element.dir = "auto";
    return element;
  };
  const seen = (text) => text.replace(/ /g, "␣").replace(/\n/g, "\\n");

  const score = (one) => {
    if ("correct" in one) {
      if (one.correct === null) return ["unscored", one.reason];
      const did = one.reject ? "turned the question down" : "did not turn the question down";
      return [one.correct ? "right" : "wrong", `${did}: ${one.reason}`];
    }
    if (one.score === null) return ["unscored", "no fact that could be decided"];
    return [`FActScore ${(100 * one.score).toFixed(0)} %`, `${one.length} tokens` +
      (one.ended ? "" : ", cut at the longest length")];
  };

  // Spans count code points, a string's own index does not.
  const marked = (one) => {
    const letters = Array.from(one.text);
    const parts = [];
    let end = 0;
    const facts = [...(one.facts || [])].sort((a, b) => a.span[0] - b.span[0]);
    for (const fact of facts) {
      const [from, to] = fact.span;
      if (from < end || to <= from) continue;
      parts.push(letters.slice(end, from).join(""));
      const mark = make("mark", fact.verdict, letters.slice(from, to).join(""));
      mark.title = `${fact.relation.replace(/_/g, " ")}: ` +
        (VERDICTS[fact.verdict] || fact.verdict);
      parts.push(mark);
      end = to;
    }
    parts.push(letters.slice(end).join(""));
    const written = make("p", "written", ...parts);
    written.dir = "auto";
    return written;
  };

  const stated = (facts) => make("ul", "stated", ...facts.map((fact) => {
    const verdict = VERDICTS[fact.verdict] || fact.verdict;
    const row = make("li", "", make("span", `verdict ${verdict}`, verdict), " ",
      `${fact.relation.replace(/_/g, " ")}: `, bidi("bdi", "", String(fact.value)));
    if (fact.reason) row.append(bidi("small", "", fact.reason));
    if (fact.evidence) row.append(bidi("small", "", `evidence: ${fact.evidence}`));
    return row;
  }));

  const strip = (one) => {
    const tokens = one.tokens.map((text, i) => {
      const region = one.regions[i];
      const token = make("bdi", `t ${region}`, text);
      const kl = one.kl[i] === null ? "not finite" : `${one.kl[i]} nats`;
      token.title = `${NAMES[region]} · rank ${one.ranks[i]} · KL ${kl}` +
        (one.base_tokens[i] ? ` · base: ${seen(one.base_tokens[i])}` : "");
      return token;
    });
    const line = make("p", "strip", ...tokens);
    line.dir = "auto";
    return line;
  };

  const response = (variant, one) => {
    const box = make("div", "", make("h3", "", variant));
    if (!one) {
      box.append(make("p", "note", "This variant has no response to this prompt."));
      return box;
    }
    const [verdict, why] = score(one);
    box.append(make("p", "", make("span", `verdict ${verdict}`, verdict), " ",
      bidi("span", "note", why || "")));
    box.append(marked(one));
    if (one.facts) {
      box.append(make("h4", "", "Stated facts"));
      box.append(one.facts.length ? stated(one.facts) : make("p", "note", "None was found."));
    }
    if (one.tokens) {
      const far = [...one.regions].filter((region) => region !== "u").length;
      box.append(make("h4", "", `Shift: ${far} of the first ${one.tokens.length} tokens`));
      box.append(strip(one));
    }
    return box;
  };

  let found = [];
  const chosen = () => found.find((row) => row.id === at("pick-prompt").value);

  const show = () => {
    const row = chosen();
    at("asked").replaceChildren(...(row ? [bidi("div", "", row.prompt || row.title)] : []));
    at("asked").title = row ? row.id : "";
    at("pair").replaceChildren(...(row
      ? [BASE, at("pick-variant").value].filter(Boolean)
        .map((name) => response(name, row.of[name]))
      : []));
    const place = row ? found.indexOf(row) + 1 : 0;
    at("count").textContent = `${place} of ${found.length}`;
    at("step-back").disabled = place < 2;
    at("step-on").disabled = place === 0 || place === found.length;
  };

  const search = () => {
    const variant = at("pick-variant").value;
    const words = at("pick-words").value.toLowerCase();
    found = data.prompts.filter((row) => {
      if (row.set !== at("pick-set").value) return false;
      const texts = [BASE, variant].map((name) => (row.of[name] || { text: "" }).text);
      if (at("pick-differs").checked && texts[0] === texts[1]) return false;
      return !words || [row.title, ...texts].some((text) => text.toLowerCase().includes(words));
    });
    options(at("pick-prompt"), found.map((row) => {
      const title = row.title.length > LONGEST ? `${row.title.slice(0, LONGEST)}…` : row.title;
      return [row.id, row.group ? `[${row.group}] ${title}` : title];
    }));
    show();
  };

  const step = (by) => {
    const next = found[found.indexOf(chosen()) + by];
    if (next) at("pick-prompt").value = next.id;
    show();
  };

  const sets = [...new Set(data.prompts.map((row) => row.set))];
  options(at("pick-set"), sets.map((name) => [name, titles[name] || name]));
  options(at("pick-variant"), data.variants.filter((name) => name !== BASE)
    .map((name) => [name, name]));
  at("pick-set").addEventListener("change", search);
  at("pick-variant").addEventListener("change", search);
  at("pick-words").addEventListener("input", search);
  at("pick-differs").addEventListener("change", search);
  at("pick-prompt").addEventListener("change", show);
  at("step-back").addEventListener("click", () => step(-1));
  at("step-on").addEventListener("click", () => step(1));
  document.querySelector(".controls").hidden = false;
  search();
})();
