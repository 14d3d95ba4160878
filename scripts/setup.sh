# Sourced by scripts/start and scripts/test: brings up what is missing, and does nothing the second time.

# need PACKAGE COMMAND_LIBRARY_OR_PATTERN : collect Debian packages whose command, library or file is absent.
missing_packages=()
need() {
    local package=$1 probe=$2
    if [[ $probe == /* ]]; then compgen -G "$probe" >/dev/null && return; missing_packages+=("$package"); return; fi
    if command -v "$probe" >/dev/null 2>&1; then return; fi
    # Not in a pipe: what ldconfig still had to say when grep had seen enough would count as a failure.
    if [[ $probe == *.so* && $(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) == *"$probe"* ]]; then return; fi
    missing_packages+=("$package")
}

# install_packages : install what need collected, or say the exact command when that is not allowed.
install_packages() {
    [ ${#missing_packages[@]} -eq 0 ] && return 0
    local sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo="sudo"; else
            echo "These Debian packages are missing. Please run this, then start again:" >&2
            echo "  sudo apt-get install ${missing_packages[*]}" >&2
            return 1
        fi
    fi
    echo "Installing ${missing_packages[*]} …"
    $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing_packages[@]}" >/dev/null
}

# python_environment LOCK : a virtual environment with exactly the locked packages and radiodesk itself.
python_environment() {
    local lock=$1 stamp=.venv/installed want
    want=$(cat "$lock" pyproject.toml | sha256sum)
    # What the test lock holds, the run lock holds too, so a tested environment need not be made again to start.
    if [ ! -x .venv/bin/python ] || [ ! -f "$stamp" ] || [[ $(<"$stamp") != *"$want"* ]]; then
        make_environment "$lock"
        echo "$want" >>"$stamp"
    fi
    byte_code
}

# make_environment LOCK : .venv and what is in it, anew where it does not work.
make_environment() {
    local lock=$1 python=${RADIODESK_PYTHON:-}
    if [ -z "$python" ]; then
        for candidate in python3.11 python3 python3.12 python3.13; do
            if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then python=$candidate; break; fi
        done
    fi
    if [ -z "$python" ]; then
        echo "Python 3.11 or newer is needed. Please run: sudo apt-get install python3.11 python3.11-venv" >&2
        return 1
    fi
    if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
        echo "Making the Python environment in .venv …"
        rm -rf .venv
        "$python" -m venv .venv || { echo "Please run: sudo apt-get install python3-venv" >&2; return 1; }
    fi
    echo "Installing the Python packages (pinned, checked by hash) …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

# byte_code : radiodesk's own modules compiled (pip compiles the packages), after an update too; else every process
# would compile them anew where Python may not write beside them.
byte_code() {
    local compiled=.venv/compiled
    if [ ! -f "$compiled" ] || [ -n "$(find radiodesk -name '*.py' -newer "$compiled" -print -quit)" ]; then
        touch "$compiled.new"
        .venv/bin/python -m compileall -q radiodesk || true
        mv "$compiled.new" "$compiled"
    fi
}

# speech_model : the default model, checked by SHA-256.
speech_model() {
    .venv/bin/radiodesk models verify base >/dev/null 2>&1 || .venv/bin/radiodesk models install base
}
