"""Records that cross a wall as JSON: what a command prints, a file keeps and another program may read, key by key."""
