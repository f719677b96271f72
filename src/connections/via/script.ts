/*
 * What the sh of the other machine runs: dash, bash, ksh or that of busybox. It gets each block through stdin, so that nobody
 * quotes it, and reads it whole. Its answers have the random word in front. No device and no file of /proc needs to exist.
 */

/**
 * Answers what keeps the executable from running there; or `probed`, the processor, and what bring() reads.
 * `w`: the word; `p`: system and processor; `c`: the loader of glibc; `z`: gzip, if it is there. Memory: `a` available, and in
 * a cgroup (its files: `g`) `l` limit, `u` used, `i` cached, by the line `k` of the file `s`. `d`: a folder; `f`: a file there;
 * `t`: its file system; `r`: it runs. `b`, `m`, `x`, `y`: words that are read. Of df, 11: free kB; 13: where it is mounted.
 * The limits are measured: with less, Node.js ends by a signal, and lookups and connections fail.
 */
export function probeScript(word: string) {
  // A terminal repeats this, so the word has no blank behind it.
  return `{ set +eu; PATH=\${PATH:-/usr/bin:/bin} g=/sys/fs/cgroup/memory k= r= z=- a=- l=- u=- i=0 w=${word}
say() { echo "$w $*"; }; no() { say no "$*"; exit; }
[ -t 0 ] && say terminal && exit
atleast() { x=$(ulimit $1 2>&-); case $x in ''|*[!0-9]*);; *) [ $x -ge $2 ] || { say limit "$x $3 (ulimit $1), and needs $2"; exit; };; esac; }
atleast -n 160 'open files'; atleast -v 1500000 'kB of memory'
p=$(uname -sm)
case $p in
'Linux x86_64') c=/lib64/ld-linux-x86-64.so.2;;
'Linux aarch64') c=/lib/ld-linux-aarch64.so.1;;
*) no "it is $p, and not Linux on x86_64 or aarch64";; esac
[ -e $c ] || no 'it has no glibc (Alpine has musl instead)'
case $(LD_PRELOAD=libstdc++.so.6 uname 2>&1) in *LD_PRELOAD*) no 'it has no libstdc++.so.6';; esac
x=$(command -v gzip) && z=gzip
[ -r /proc/meminfo ] && while read b c x; do [ $b = MemAvailable: ] && a=$c; done </proc/meminfo
[ -r $g.max ] && read l <$g.max && read u <$g.current && s=$g.stat k=inactive_file
g=$g/memory
[ -r $g.limit_in_bytes ] && read l <$g.limit_in_bytes && read u <$g.usage_in_bytes && s=$g.stat k=total_inactive_file
[ "$k" ] && while read b c; do [ $b = $k ] && i=$c; done <$s
for d in "$TMPDIR" /tmp /var/tmp /dev/shm "$HOME" .; do f=$d/.atlas-pe-$w t=-
[ "$d" ] && x=$( (umask 077; set -C; echo : >"$f") 2>&1) || continue
trap 'rm -f "$f"' EXIT; trap 'exit 1' HUP INT TERM PIPE; chmod 700 "$f"
r=; x=$("$f" 2>&1) && r=runs; rm -f "$f"; [ $r ] || continue
set -- $(LC_ALL=C df -Pk "$d" 2>&-); [ $# -lt 13 ] || [ \${11} -gt 145000 ] || { r=; continue; }
[ -r /proc/mounts ] && while read x m y x; do [ "$m" = "\${13}" ] && t=$y; done </proc/mounts
say probed $p $z $t $a $l $u $i; break; done
[ $r ] || no 'no folder has 145 MB free and lets new files run (TMPDIR, /tmp, /var/tmp, /dev/shm, HOME)'; }
`;
}

/**
 * Receives so many bytes, makes a file of this size of them, and runs it. The file has lost its name before the first byte
 * comes, so that nothing stays; ksh and mksh keep descriptor 9 for themselves, so the program gets it as 8. Without /proc, a trap removes it. A file that is open for writing does not run. `p`: its path.
 */
export function runScript(sent: number, size: number) {
  const unpacked = sent === size ? '>&8 8>&- 9<&-' : '8>&- 9<&- | gzip -dc >&8 8>&- 9<&-';
  return `{ umask 077; set -C; p=$f; : >"$f" && chmod 700 "$f" && exec 9<"$f" 8>>"$f" || exit 1
[ -e /proc/self/fd/9 ] && rm -f "$f" && p=/proc/self/fd/8
say ready; head -c ${sent} ${unpacked}
exec 8>&-; [ "$(wc -c <&9)" -eq ${size} ] || exit 1
say got; NODE_OPTIONS= "$p" examine -- 8<&9 9<&-; say end $?; exit; }
`;
}
