#!/bin/bash

__saasctl_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__saasctl_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__saasctl_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__saasctl_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_saasctl() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    identity|org|billing|workflow|notification|audit|analytics|health|metrics|worker|dlq|saga|db|sandbox|repl|completion|help)
        # Offer subcommand argument completions
        "_saasctl_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'identity org billing workflow notification audit analytics health metrics worker dlq saga db sandbox repl completion help' -- "${cur}"))
        ;;
    esac
}

_saasctl_identity() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    user|password|mfa|session|token|key)
        # Offer subcommand argument completions
        "_saasctl_identity_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'user password mfa session token key' -- "${cur}"))
        ;;
    esac
}

_saasctl_identity_user() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    register|get|list|disable|enable|erase)
        # Offer subcommand argument completions
        "_saasctl_identity_user_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'register get list disable enable erase' -- "${cur}"))
        ;;
    esac
}

_saasctl_identity_user_register() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--name --password-file --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--name')
        return
        ;;
    '--password-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_user_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_user_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--status --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--status')
        __saasctl_add_completions -W 'active'$'\n''disabled'$'\n''erased'
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_user_disable() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_user_enable() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_user_erase() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--confirm --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--confirm')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_password() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    request|reset|change)
        # Offer subcommand argument completions
        "_saasctl_identity_password_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'request reset change' -- "${cur}"))
        ;;
    esac
}

_saasctl_identity_password_request() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--expires --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--expires')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_password_reset() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--token-file --password-file --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--token-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--password-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_password_change() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--old-file --password-file --keep --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--old-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--password-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--keep')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_mfa() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    enroll|verify|disable|recovery)
        # Offer subcommand argument completions
        "_saasctl_identity_mfa_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'enroll verify disable recovery' -- "${cur}"))
        ;;
    esac
}

_saasctl_identity_mfa_enroll() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_mfa_verify() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--code-file --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--code-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_mfa_disable() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--code-file --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--code-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_mfa_recovery() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--code-file --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--code-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_session() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    login|refresh|logout|list|revoke)
        # Offer subcommand argument completions
        "_saasctl_identity_session_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'login refresh logout list revoke' -- "${cur}"))
        ;;
    esac
}

_saasctl_identity_session_login() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--password-file --code-file --source --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--password-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--code-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--source')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_session_refresh() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--token-file --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--token-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_session_logout() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--token-file --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--token-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_session_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--status --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--status')
        __saasctl_add_completions -W 'live'$'\n''expired'$'\n''ended'$'\n''all'
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_session_revoke() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--user --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--user')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_token() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    validate)
        # Offer subcommand argument completions
        "_saasctl_identity_token_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'validate' -- "${cur}"))
        ;;
    esac
}

_saasctl_identity_token_validate() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--token-file -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--token-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_key() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|rotate|jwks)
        # Offer subcommand argument completions
        "_saasctl_identity_key_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list rotate jwks' -- "${cur}"))
        ;;
    esac
}

_saasctl_identity_key_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_key_rotate() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--overlap --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--overlap')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_identity_key_jwks() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    create|get|list|rename|delete|restore|member|invite)
        # Offer subcommand argument completions
        "_saasctl_org_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'create get list rename delete restore member invite' -- "${cur}"))
        ;;
    esac
}

_saasctl_org_create() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--name --owner --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--name')
        return
        ;;
    '--owner')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_list() {
    repeating_flags=()
    non_repeating_flags=(--ownerless --all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--status --slug --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--status')
        __saasctl_add_completions -W 'active'$'\n''deleted'$'\n''purged'$'\n''all'
        return
        ;;
    '--slug')
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_rename() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--slug --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--slug')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_delete() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--grace --confirm --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--grace')
        return
        ;;
    '--confirm')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_restore() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_member() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|add|remove|role)
        # Offer subcommand argument completions
        "_saasctl_org_member_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list add remove role' -- "${cur}"))
        ;;
    esac
}

_saasctl_org_member_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--role --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--role')
        __saasctl_add_completions -W 'owner'$'\n''admin'$'\n''member'$'\n''viewer'
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_member_add() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--role --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--role')
        __saasctl_add_completions -W 'owner'$'\n''admin'$'\n''member'$'\n''viewer'
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_member_remove() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_member_role() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __saasctl_add_completions -W 'owner'$'\n''admin'$'\n''member'$'\n''viewer'
        return
        ;;
    esac
}

_saasctl_org_invite() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|send|accept|reject|revoke)
        # Offer subcommand argument completions
        "_saasctl_org_invite_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list send accept reject revoke' -- "${cur}"))
        ;;
    esac
}

_saasctl_org_invite_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--status --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--status')
        __saasctl_add_completions -W 'pending'$'\n''accepted'$'\n''rejected'$'\n''revoked'$'\n''expired'$'\n''all'
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_invite_send() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--role --expires --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--role')
        __saasctl_add_completions -W 'owner'$'\n''admin'$'\n''member'$'\n''viewer'
        return
        ;;
    '--expires')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_invite_accept() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--token-file --user --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--token-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--user')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_invite_reject() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--token-file --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--token-file')
        compopt -o filenames
        __saasctl_add_completions -f
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_org_invite_revoke() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    plan|sub|invoice|entitlement|usage)
        # Offer subcommand argument completions
        "_saasctl_billing_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'plan sub invoice entitlement usage' -- "${cur}"))
        ;;
    esac
}

_saasctl_billing_plan() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    create|list|get|retire)
        # Offer subcommand argument completions
        "_saasctl_billing_plan_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'create list get retire' -- "${cur}"))
        ;;
    esac
}

_saasctl_billing_plan_create() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=(--limit --metered --feature)
    non_repeating_options=(--name --price --period --trial-days --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--name')
        return
        ;;
    '--price')
        return
        ;;
    '--period')
        __saasctl_add_completions -W 'month'$'\n''year'
        return
        ;;
    '--trial-days')
        return
        ;;
    '--limit')
        return
        ;;
    '--metered')
        return
        ;;
    '--feature')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_plan_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--status --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--status')
        __saasctl_add_completions -W 'active'$'\n''retired'$'\n''all'
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_plan_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--version -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--version')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_plan_retire() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_sub() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    create|list|get|preview|change|cancel)
        # Offer subcommand argument completions
        "_saasctl_billing_sub_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'create list get preview change cancel' -- "${cur}"))
        ;;
    esac
}

_saasctl_billing_sub_create() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_sub_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--status --plan --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--status')
        __saasctl_add_completions -W 'active'$'\n''cancelled'$'\n''all'
        return
        ;;
    '--plan')
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_sub_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_sub_preview() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--at -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--at')
        __saasctl_add_completions -W 'now'$'\n''period-end'
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_sub_change() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--at --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--at')
        __saasctl_add_completions -W 'now'$'\n''period-end'
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_sub_cancel() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--at --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--at')
        __saasctl_add_completions -W 'now'$'\n''period-end'
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_invoice() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|get|preview|credit)
        # Offer subcommand argument completions
        "_saasctl_billing_invoice_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list get preview credit' -- "${cur}"))
        ;;
    esac
}

_saasctl_billing_invoice_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--kind --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--kind')
        __saasctl_add_completions -W 'invoice'$'\n''credit-note'$'\n''all'
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_invoice_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_invoice_preview() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--until -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--until')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_invoice_credit() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--amount --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--amount')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_entitlement() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|check|explain|override)
        # Offer subcommand argument completions
        "_saasctl_billing_entitlement_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list check explain override' -- "${cur}"))
        ;;
    esac
}

_saasctl_billing_entitlement_list() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_entitlement_check() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--quantity -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--quantity')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_entitlement_explain() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--quantity -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--quantity')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_entitlement_override() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--limit --metered --feature --remove --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--metered')
        return
        ;;
    '--feature')
        return
        ;;
    '--remove')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_usage() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    record|get)
        # Offer subcommand argument completions
        "_saasctl_billing_usage_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'record get' -- "${cur}"))
        ;;
    esac
}

_saasctl_billing_usage_record() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--key --at --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--key')
        return
        ;;
    '--at')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_billing_usage_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--at -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--at')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    project|task)
        # Offer subcommand argument completions
        "_saasctl_workflow_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'project task' -- "${cur}"))
        ;;
    esac
}

_saasctl_workflow_project() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    create|list|get|archive)
        # Offer subcommand argument completions
        "_saasctl_workflow_project_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'create list get archive' -- "${cur}"))
        ;;
    esac
}

_saasctl_workflow_project_create() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--name --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--name')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_project_list() {
    repeating_flags=()
    non_repeating_flags=(--archived --all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_project_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_project_archive() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_task() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    create|list|get|update|assign|status)
        # Offer subcommand argument completions
        "_saasctl_workflow_task_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'create list get update assign status' -- "${cur}"))
        ;;
    esac
}

_saasctl_workflow_task_create() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--project --description --priority --status --assignee --due --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--project')
        return
        ;;
    '--description')
        return
        ;;
    '--priority')
        __saasctl_add_completions -W 'none'$'\n''low'$'\n''medium'$'\n''high'$'\n''urgent'
        return
        ;;
    '--status')
        __saasctl_add_completions -W 'backlog'$'\n''todo'$'\n''in_progress'$'\n''in_review'$'\n''done'$'\n''cancelled'
        return
        ;;
    '--assignee')
        return
        ;;
    '--due')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_task_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=(--status)
    non_repeating_options=(--project --assignee --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--project')
        return
        ;;
    '--status')
        __saasctl_add_completions -W 'backlog'$'\n''todo'$'\n''in_progress'$'\n''in_review'$'\n''done'$'\n''cancelled'
        return
        ;;
    '--assignee')
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_task_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_task_update() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--title --description --priority --due --version --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--title')
        return
        ;;
    '--description')
        return
        ;;
    '--priority')
        __saasctl_add_completions -W 'none'$'\n''low'$'\n''medium'$'\n''high'$'\n''urgent'
        return
        ;;
    '--due')
        return
        ;;
    '--version')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_task_assign() {
    repeating_flags=()
    non_repeating_flags=(--unassign -n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_workflow_task_status() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __saasctl_add_completions -W 'backlog'$'\n''todo'$'\n''in_progress'$'\n''in_review'$'\n''done'$'\n''cancelled'
        return
        ;;
    esac
}

_saasctl_notification() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|read|delivery)
        # Offer subcommand argument completions
        "_saasctl_notification_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list read delivery' -- "${cur}"))
        ;;
    esac
}

_saasctl_notification_list() {
    repeating_flags=()
    non_repeating_flags=(--unread --count --all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_notification_read() {
    repeating_flags=()
    non_repeating_flags=(--all -n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_notification_delivery() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|get|retry)
        # Offer subcommand argument completions
        "_saasctl_notification_delivery_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list get retry' -- "${cur}"))
        ;;
    esac
}

_saasctl_notification_delivery_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--state --user --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--state')
        __saasctl_add_completions -W 'due'$'\n''delivered'$'\n''failed'
        return
        ;;
    '--user')
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_notification_delivery_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_notification_delivery_retry() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_audit() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    query|tail|verify|prove|head|export)
        # Offer subcommand argument completions
        "_saasctl_audit_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'query tail verify prove head export' -- "${cur}"))
        ;;
    esac
}

_saasctl_audit_query() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--correlation --subject --actor --type --source --since --until --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--correlation')
        return
        ;;
    '--subject')
        return
        ;;
    '--actor')
        return
        ;;
    '--type')
        return
        ;;
    '--source')
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_audit_tail() {
    repeating_flags=()
    non_repeating_flags=(--follow -f --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--correlation --subject --actor --type --source --lines -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--correlation')
        return
        ;;
    '--subject')
        return
        ;;
    '--actor')
        return
        ;;
    '--type')
        return
        ;;
    '--source')
        return
        ;;
    '--lines')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_audit_verify() {
    repeating_flags=()
    non_repeating_flags=(--complete --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=(--key)
    non_repeating_options=(--against --proof -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--against')
        return
        ;;
    '--proof')
        return
        ;;
    '--key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_audit_prove() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_audit_head() {
    repeating_flags=()
    non_repeating_flags=(--verifier-key --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_audit_export() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--from --to --correlation --subject --actor --type --source --since --until -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--from')
        return
        ;;
    '--to')
        return
        ;;
    '--correlation')
        return
        ;;
    '--subject')
        return
        ;;
    '--actor')
        return
        ;;
    '--type')
        return
        ;;
    '--source')
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_analytics() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    tasks|subscriptions|usage)
        # Offer subcommand argument completions
        "_saasctl_analytics_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'tasks subscriptions usage' -- "${cur}"))
        ;;
    esac
}

_saasctl_analytics_tasks() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--by --project --since --until -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--by')
        __saasctl_add_completions -W 'day'$'\n''week'$'\n''month'$'\n''project'
        return
        ;;
    '--project')
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_analytics_subscriptions() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--by --since --until --currency -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--by')
        __saasctl_add_completions -W 'plan'$'\n''day'$'\n''week'$'\n''month'
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '--currency')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_analytics_usage() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--by --entitlement --limit --since --until -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--by')
        __saasctl_add_completions -W 'entitlement'$'\n''organization'$'\n''day'$'\n''week'$'\n''month'
        return
        ;;
    '--entitlement')
        return
        ;;
    '--limit')
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_health() {
    repeating_flags=()
    non_repeating_flags=(--live --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--service --within --max-lag --max-age -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--service')
        __saasctl_add_completions -W 'identity'$'\n''organization'$'\n''billing'$'\n''workflow'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '--within')
        return
        ;;
    '--max-lag')
        return
        ;;
    '--max-age')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_metrics() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--within -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--within')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_worker() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    run|status|lastrun|replay|rebase|bench)
        # Offer subcommand argument completions
        "_saasctl_worker_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'run status lastrun replay rebase bench' -- "${cur}"))
        ;;
    esac
}

_saasctl_worker_run() {
    repeating_flags=()
    non_repeating_flags=(--once --follow --park-failing --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--only --max-runtime --if-locked --splay --max-connections --statement-timeout --textfile -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--only')
        __saasctl_add_completions -W 'organization'$'\n''billing'$'\n''workflow'$'\n''workflow-saga'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '--max-runtime')
        return
        ;;
    '--if-locked')
        __saasctl_add_completions -W 'skip'$'\n''wait'$'\n''fail'
        return
        ;;
    '--splay')
        return
        ;;
    '--max-connections')
        return
        ;;
    '--statement-timeout')
        return
        ;;
    '--textfile')
        __saasctl_add_completions -d
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_worker_status() {
    repeating_flags=()
    non_repeating_flags=(--watch --check --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--interval --max-lag --max-age --only -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--interval')
        return
        ;;
    '--max-lag')
        return
        ;;
    '--max-age')
        return
        ;;
    '--only')
        __saasctl_add_completions -W 'organization'$'\n''billing'$'\n''workflow'$'\n''workflow-saga'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_worker_lastrun() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--max-age --only -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--max-age')
        return
        ;;
    '--only')
        __saasctl_add_completions -W 'organization'$'\n''billing'$'\n''workflow'$'\n''workflow-saga'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_worker_replay() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--consumer --reason -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--consumer')
        __saasctl_add_completions -W 'organization'$'\n''billing'$'\n''workflow'$'\n''workflow-saga'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '--reason')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_worker_rebase() {
    repeating_flags=()
    non_repeating_flags=(--accept-loss -n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--new-from --reason -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--new-from')
        return
        ;;
    '--reason')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __saasctl_add_completions -W 'identity'$'\n''organization'$'\n''billing'$'\n''workflow'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    esac
}

_saasctl_worker_bench() {
    repeating_flags=()
    non_repeating_flags=(--follow --hold-transaction --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=(--against)
    non_repeating_options=(--events --lane --rounds --writers --rate --duration -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--events')
        return
        ;;
    '--lane')
        __saasctl_add_completions -W 'noop'$'\n''audit'$'\n''log'$'\n''all'
        return
        ;;
    '--rounds')
        return
        ;;
    '--writers')
        return
        ;;
    '--rate')
        return
        ;;
    '--duration')
        return
        ;;
    '--against')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_dlq() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|retry|discard)
        # Offer subcommand argument completions
        "_saasctl_dlq_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show retry discard' -- "${cur}"))
        ;;
    esac
}

_saasctl_dlq_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--consumer --source --state --type --aggregate --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--consumer')
        __saasctl_add_completions -W 'organization'$'\n''billing'$'\n''workflow'$'\n''workflow-saga'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '--source')
        __saasctl_add_completions -W 'identity'$'\n''organization'$'\n''billing'$'\n''workflow'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '--state')
        __saasctl_add_completions -W 'retrying'$'\n''dead'$'\n''parked'
        return
        ;;
    '--type')
        return
        ;;
    '--aggregate')
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_dlq_show() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--consumer -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--consumer')
        __saasctl_add_completions -W 'organization'$'\n''billing'$'\n''workflow'$'\n''workflow-saga'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_dlq_retry() {
    repeating_flags=()
    non_repeating_flags=(--all -n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--type --state --consumer --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--type')
        return
        ;;
    '--state')
        __saasctl_add_completions -W 'retrying'$'\n''dead'$'\n''parked'
        return
        ;;
    '--consumer')
        __saasctl_add_completions -W 'organization'$'\n''billing'$'\n''workflow'$'\n''workflow-saga'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_dlq_discard() {
    repeating_flags=()
    non_repeating_flags=(--all -n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--type --state --consumer --confirm --reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--type')
        return
        ;;
    '--state')
        __saasctl_add_completions -W 'retrying'$'\n''dead'$'\n''parked'
        return
        ;;
    '--consumer')
        __saasctl_add_completions -W 'organization'$'\n''billing'$'\n''workflow'$'\n''workflow-saga'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '--confirm')
        return
        ;;
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_saga() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|get|retry|abort)
        # Offer subcommand argument completions
        "_saasctl_saga_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list get retry abort' -- "${cur}"))
        ;;
    esac
}

_saasctl_saga_list() {
    repeating_flags=()
    non_repeating_flags=(--all --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--state --limit --cursor -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--state')
        __saasctl_add_completions -W 'open'$'\n''running'$'\n''failed'$'\n''waiting'$'\n''completed'$'\n''compensating'$'\n''compensation_failed'$'\n''compensated'$'\n''all'
        return
        ;;
    '--limit')
        return
        ;;
    '--cursor')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_saga_get() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_saga_retry() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_saga_abort() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_db() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    migrate|status|verify|prune|seed)
        # Offer subcommand argument completions
        "_saasctl_db_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'migrate status verify prune seed' -- "${cur}"))
        ;;
    esac
}

_saasctl_db_migrate() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --sql --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--service -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--service')
        __saasctl_add_completions -W 'identity'$'\n''organization'$'\n''billing'$'\n''workflow'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_db_status() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--service -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--service')
        __saasctl_add_completions -W 'identity'$'\n''organization'$'\n''billing'$'\n''workflow'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_db_verify() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--service -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--service')
        __saasctl_add_completions -W 'identity'$'\n''organization'$'\n''billing'$'\n''workflow'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_db_prune() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--service --older-than -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--service')
        __saasctl_add_completions -W 'identity'$'\n''organization'$'\n''billing'$'\n''workflow'$'\n''notification'$'\n''audit'$'\n''analytics'
        return
        ;;
    '--older-than')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_db_seed() {
    repeating_flags=()
    non_repeating_flags=(-n --dry-run --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(--reason --idempotency-key -P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--reason')
        return
        ;;
    '--idempotency-key')
        return
        ;;
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_sandbox() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    start|stop|status|reset|env|clock)
        # Offer subcommand argument completions
        "_saasctl_sandbox_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'start stop status reset env clock' -- "${cur}"))
        ;;
    esac
}

_saasctl_sandbox_start() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_sandbox_stop() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_sandbox_status() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_sandbox_reset() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_sandbox_env() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_sandbox_clock() {
    repeating_flags=()
    non_repeating_flags=(-h --help)
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    set|advance|reset)
        # Offer subcommand argument completions
        "_saasctl_sandbox_clock_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'set advance reset' -- "${cur}"))
        ;;
    esac
}

_saasctl_sandbox_clock_set() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_sandbox_clock_advance() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_sandbox_clock_reset() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_repl() {
    repeating_flags=()
    non_repeating_flags=(--keep-going --no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac
}

_saasctl_completion() {
    repeating_flags=()
    non_repeating_flags=(--no-headers --quiet -q --verbose -v --debug --yes -y --no-input --read-only -h --help)
    repeating_options=()
    non_repeating_options=(-P --profile --org -o --output --color --timeout --correlation-id --as)
    __saasctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-P'|'--profile')
        return
        ;;
    '--org')
        return
        ;;
    '-o'|'--output')
        __saasctl_add_completions -W 'table'$'\n''json'$'\n''name'
        return
        ;;
    '--color')
        __saasctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--timeout')
        return
        ;;
    '--correlation-id')
        return
        ;;
    '--as')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __saasctl_add_completions -W 'bash'$'\n''zsh'$'\n''fish'
        return
        ;;
    esac
}

_saasctl_help() {
    repeating_flags=()
    non_repeating_flags=()
    repeating_options=()
    non_repeating_options=()
    __saasctl_offer_flags_options -1
}

complete -F _saasctl saasctl
