#!/usr/bin/env bash
# Runs ./dev in a fresh Debian 12 with Python 3.11, pip and this machine's Node, and nothing else: as a user, not as root.
#
#   sudo tests/bare_machine.sh FOLDER              ./dev up --once, then the whole of ./dev test, with their times
#   sudo tests/bare_machine.sh FOLDER COMMAND ...  that command in the checkout
#
# FOLDER receives the root file system (1.5 GB with everything), made by debootstrap the first time; the committed state of
# this checkout is cloned into it when it is not there yet. Settings of the registries' clients in the environment are kept.
set -euo pipefail

root=${1:?usage: tests/bare_machine.sh FOLDER [COMMAND ...]}
shift
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [ ! -e "$root/etc/debian_version" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1)
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-pip,python3-venv bookworm "$root" "$mirror"
    chroot "$root" useradd --create-home --shell /bin/bash dev
    mkdir -p "$root/usr/lib/node_modules"
    cp -a "$(readlink -f "$(command -v node)")" "$root/usr/bin/node"
    cp -a "$(dirname "$(readlink -f "$(command -v npm)")")/.." "$root/usr/lib/node_modules/npm"
    ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/bin/npm"
fi
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
if [ ! -e "$root/home/dev/project" ]; then
    git clone --quiet "$checkout" "$root/home/dev/project"
    chroot "$root" chown -R dev:dev /home/dev
fi

mountpoint --quiet "$root/proc" || mount -t proc proc "$root/proc"
mountpoint --quiet "$root/dev" || mount --bind /dev "$root/dev"
mountpoint --quiet "$root/dev/shm" || mount -t tmpfs tmpfs "$root/dev/shm"
trap 'umount "$root/dev/shm" "$root/dev" "$root/proc"' EXIT

mapfile -t settings < <(env | grep -iE '^(pip|npm_config|uv|node_extra_ca|ssl_cert|https?_proxy|no_proxy)[A-Z_]*=')
if [ $# = 0 ]; then set -- 'time ./dev up --once --port 0 && time ./dev test'; fi
chroot --userspec=dev:dev "$root" /usr/bin/env -i HOME=/home/dev USER=dev LANG=C.UTF-8 PATH=/usr/bin:/bin "${settings[@]}" \
    /bin/bash -c "cd ~/project && $*"
