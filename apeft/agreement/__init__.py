"""How well the judges agree with people: counts on labelled data, from which rates are made."""
