# What the tours share; read by them, not run.

program=$(command -v "${SAASCTL:-saasctl}") || { echo "there is no saasctl in PATH; SAASCTL may name one" >&2; exit 69; }
program=$(realpath "$program")
work=$(mktemp -d "${TMPDIR:-/tmp}/saasctl-tour.XXXXXX")
chmod 755 "$work"
export SAASCTL_SANDBOX_DIR=$work/sandbox XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state SAASCTL_NO_INPUT=1
unset SAASCTL_PROFILE SAASCTL_DATABASE SAASCTL_CONFIG SAASCTL_ORG SAASCTL_OUTPUT
finish() {
    "$program" sandbox reset --yes --quiet >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
cd "$work"

say() { printf '\n# %s\n' "$*"; }

# Shows a command line and what it says.
run() {
    show "$@"
    printf '\n'
    "$program" "$@" 2>&1 || printf '[exit %d]\n' "$?"
}

# Keeps what a command says, as JSON, in a file: tokens and secrets are shown this once.
keep() {
    local file=$1
    shift
    show "$@" -o json
    printf ' >%s\n' "$file"
    "$program" "$@" -o json >"$file" || printf '[exit %d]\n' "$?"
}

show() {
    printf '$ saasctl'
    local word
    for word in "$@"; do
        if [[ $word =~ ^[A-Za-z0-9@%+=:,./_-]+$ ]]; then printf ' %s' "$word"; else printf " '%s'" "$word"; fi
    done
}

# A text of an object that was kept.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"; }
