"""Containers that run one command to its end: installs, copies of data, counts, looks into images, and commands of
projects.

`container_job.begin` is the one way in: it makes a container of a configuration of `docker.policy`, starts it, and gives
a `Job`. `Jobs` is what stands above it for commands of a project: it takes a `JobSpec`, uses a container that waits where
one fits, brings the files in, gives a way out where hosts are named, and leaves nothing behind.
"""
