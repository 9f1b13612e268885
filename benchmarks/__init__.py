"""What the harness costs, each number beside a yardstick that was measured in turn with it."""
