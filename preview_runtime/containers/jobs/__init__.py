"""Containers that run one command to its end: installs, copies of data, counts, looks into images, and commands of
projects.

`container_job.begin` is the one way in: it makes a container from a configuration of `docker.policy`, starts it, and
returns a `Job`. `Jobs` builds on it for commands of a project: it takes a `JobSpec`, uses a waiting container if one
fits, puts the files in, opens a way out if hosts are named, and leaves nothing behind.
"""
