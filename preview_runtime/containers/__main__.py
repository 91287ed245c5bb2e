"""Builds the images that container previews run in: python -m preview_runtime.containers, called by script/images."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

import aiodocker

from preview_runtime.containers.images import catalogue
from preview_runtime.containers.images.catalogue import IMAGES
from preview_runtime.plans.runtimes import Image

_MEGABYTE = 1e6


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; returns the exit status (0 fine, 1 failed with a message, 2 wrong usage)."""
    parser = argparse.ArgumentParser(
        prog="script/images",
        description="Builds the images that container previews run in; leaves those that are there.",
    )
    parser.add_argument("runtimes", nargs="*", metavar="runtime", help=f"some of: {', '.join(IMAGES)} (default: all)")
    parser.add_argument("--all", action="store_true", help="build also those that are there, with today's packages")
    parser.add_argument("--pin", action="store_true", help="write into the Dockerfiles which digest each base tag has")
    parser.add_argument("--prune", action="store_true", help="remove the images that earlier recipes left behind")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.runtimes) - set(IMAGES))
    if unknown:
        parser.error(f"there is no runtime {unknown[0]}: choose from {', '.join(IMAGES)}")
    runtimes = [runtime for runtime in IMAGES if not options.runtimes or runtime in options.runtimes]
    try:
        return asyncio.run(_run(runtimes, rebuild=options.all, pin=options.pin, prune=options.prune))
    except catalogue.ImageError as error:
        print(error.message, file=sys.stderr)
        if error.detail:
            print(f"  {error.detail}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


async def _run(runtimes: list[Image], *, rebuild: bool, pin: bool, prune: bool) -> int:
    async with catalogue.connect() as docker:
        if pin:
            for runtime in runtimes:
                print(f"{runtime:<10}{await catalogue.pin(docker, runtime)}")
            return 0
        try:
            wanted = runtimes if rebuild else await catalogue.missing_images(docker, runtimes)
        except aiodocker.DockerError as error:
            raise catalogue.ImageError(catalogue.NO_DOCKER, str(error)) from error
        began = time.monotonic()

        def say(runtime: Image, sentence: str) -> None:
            print(f"{time.monotonic() - began:6.1f} s  {runtime:<10}{sentence}", flush=True)

        await catalogue.build_images(docker, wanted, say)
        if prune:
            for name in await catalogue.outdated_images(docker):
                try:
                    await docker.images.delete(name)
                    print(f"            removed {name}")
                except aiodocker.DockerError:
                    print(f"            kept    {name}: a container uses it")
        for runtime in runtimes:
            name = catalogue.tag(runtime)
            size = (await docker.images.inspect(name))["Size"] / _MEGABYTE
            print(f"{runtime:<10}{name}  {size:.0f} MB{'' if runtime in wanted else '  (was there)'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
