# complete.zsh SCRIPT FILE WORDS: loads the completion script in an interactive zsh, types the words
# and a tab, and writes each completion that zsh offers to the file, one on each line.
zmodload zsh/zpty || exit 2
export COMPLETION_SCRIPT=$1 OFFERED=$2
typed=$3
zpty shell zsh -f -i
zpty -w shell '
PROMPT= ; LISTMAX=1000; autoload -Uz compinit; compinit -u -D; source $COMPLETION_SCRIPT
zstyle ":completion:*" insert-tab false
compadd() {
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)* ]]; then
    local -a offered
    builtin compadd -A offered "$@"
    (( $#offered )) && print -rl -- $offered >> $OFFERED
  fi
  builtin compadd "$@"
}
comppostfuncs=(exit)
bindkey "^I" complete-word
print rea""dy'
zpty -r -m shell line '*ready*' || exit 3
zpty -w -n shell "$typed"$'\t'
# Ends when that zsh has ended.
while zpty -r shell line; do :; done
zpty -d shell
exit 0
