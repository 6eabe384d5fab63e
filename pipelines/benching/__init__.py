"""Speed and memory against named baselines, as ratios: each measurement in a process of its own."""
