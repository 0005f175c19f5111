# Runs a mail server in the foreground, in a namespace of mounts of its own: start.sh NAME PROGRAMS FOLDER
# Its users, and the folders that are built into it, are there for it alone. The machine is not changed.
set -e
name=$1 programs=$2 folder=$3
mount --make-rprivate /
cp /etc/passwd /etc/group "$folder"
for user in Debian-exim:1901 opensmtpd:1902 opensmtpq:1903; do
    number=${user#*:} user=${user%:*}
    grep -q "^$user:" "$folder/passwd" && continue
    echo "$user:x:$number:$number::/nonexistent:/usr/sbin/nologin" >> "$folder/passwd"
    echo "$user:x:$number:" >> "$folder/group"
done
mount --bind "$folder/passwd" /etc/passwd
mount --bind "$folder/group" /etc/group
case $name in
exim)
    mkdir "$folder/spool"
    chown Debian-exim "$folder/spool"
    exec "$programs/usr/sbin/exim4" -C "$folder/exim.conf" -bdf -q1m
    ;;
opensmtpd)
    mkdir "$folder/libexec"
    cp -a "$programs/usr/libexec/opensmtpd" "$folder/libexec"
    mount --bind "$folder/libexec" /usr/libexec
    for place in /var/lib /var/spool /run; do mount -t tmpfs -o mode=755 tmpfs $place; done
    mkdir -p /var/lib/opensmtpd/empty
    mkdir -m 711 /var/spool/smtpd
    exec "$programs/usr/sbin/smtpd" -d -f "$folder/opensmtpd.conf"
    ;;
postfix)
    mkdir "$folder/queue" "$folder/data"
    chown postfix "$folder/data"
    exec postfix -c "$folder" start-fg
    ;;
esac
