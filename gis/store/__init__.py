"""What is kept on disk: the workspace, the published editions, the files of `-o`."""
