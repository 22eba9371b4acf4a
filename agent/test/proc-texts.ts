/** Texts of /proc, as machines had them: shortened, with names made neutral. */

/** A virtual machine with two processors. */
export const STAT = `cpu  182023 805 67714 1000573 1772 0 1443 175 0 0
cpu0 88067 472 32493 505348 548 0 298 86 0 0
cpu1 93956 332 35221 495224 1224 0 1144 88 0 0
intr 4242424 0 9 0 0
ctxt 9012345
btime 1764000000
processes 7157
procs_running 3
procs_blocked 0
`

export const MEMINFO = `MemTotal:       16000000 kB
MemFree:         1000000 kB
MemAvailable:    4000000 kB
Buffers:          200000 kB
Cached:          2800000 kB
SwapCached:            0 kB
SwapTotal:       8000000 kB
SwapFree:        6000000 kB
Dirty:               128 kB
HugePages_Total:       0
Hugepagesize:       2048 kB
`

export const LOADAVG = '2.92 2.28 1.05 3/366 7157\n'

export const UPTIME = '2614.04 5096.85\n'

/** A container host: one card, a VLAN on it, a bridge, two containers' ends. */
export const NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 9999999   29    0    0    0     0          0         0  9999999      29    0    0    0     0       0          0
  eth0: 681526756   17995    0    0    0     0          0         0  1517509   11955    0    0    0     0       0          0
eth0.100:    5000      50    0    0    0     0          0         0     6000      60    0    0    0     0       0          0
enp3s0f1:1000 1 0 0 0 0 0 0 2000 2 0 0 0 0 0 0
docker0:  777777     700    0    0    0     0          0         0   888888     800    0    0    0     0       0          0
veth1a2b3c4:  777     7    0    0    0     0          0         0      888       8    0    0    0     0       0          0
`

/** Discs of every naming, with partitions, a mapped volume and what is no disc. */
export const DISKSTATS = `   7       0 loop0 5 0 40 0 0 0 0 0 0 0 0 0 0 0 0 0 0
   8       0 sda 147788 32490 1000 61854 838660 324437 2000 229718 0 59108 321299 213235 63 16022336 16028 343257 13697
   8       1 sda1 147000 32490 900 61000 838000 324000 1900 229000 0 59000 321000 0 0 0 0 0 0
 259       0 nvme0n1 10 0 500 1 20 0 600 2 0 3 3
 259       1 nvme0n1p1 10 0 500 1 20 0 600 2 0 3 3
 179       0 mmcblk0 1 0 10 0 1 0 20 0 0 0 0
 179       1 mmcblk0p2 1 0 10 0 1 0 20 0 0 0 0
 202       1 xvdb1 1 0 7 0 1 0 8 0 0 0 0
 253       0 dm-0 147000 0 900 0 838000 0 1900 0 0 0 0
   9       0 md0 147000 0 900 0 838000 0 1900 0 0 0 0
 252       0 zram0 1 0 8 0 1 0 8 0 0 0 0
  11       0 sr0 0 0 0 0 0 0 0 0 0 0 0
`

/** A server: a small boot file system, bind mounts, a pool, an image, a share of the network, and much that is no storage. */
export const MOUNTS = `proc /proc proc rw,nosuid 0 0
sysfs /sys sysfs rw,nosuid 0 0
udev /dev devtmpfs rw,size=12334460k 0 0
tmpfs /run tmpfs rw,nosuid,nodev,size=2468484k 0 0
/dev/mapper/vg-root / ext4 rw,relatime,errors=remount-ro 0 0
/dev/sda1 /boot ext4 rw,relatime 0 0
/dev/sda15 /boot/efi vfat rw,relatime 0 0
/dev/mapper/vg-root /var/lib/app/data ext4 rw,relatime 0 0
/dev/nvme0n1p1 /srv/deep/data xfs rw,relatime 0 0
/dev/nvme0n1p1 /srv/data xfs rw,relatime 0 0
/dev/sdb1 /mnt/my\\040disk ext4 rw,relatime 0 0
/dev/sdc /pool/sub btrfs rw,subvol=/sub 0 0
/dev/sdc /pool btrfs rw,subvol=/ 0 0
tank /tank zfs rw,xattr 0 0
tank/home /tank/home zfs rw,xattr 0 0
/dev/loop3 /snap/core/1 squashfs ro,nodev 0 0
/dev/sr0 /media/cdrom iso9660 ro 0 0
nas:/export /mnt/nas nfs4 rw,vers=4.2,hard 0 0
//nas/share /mnt/share cifs rw 0 0
me@far: /mnt/far fuse.sshfs rw 0 0
overlay /var/lib/docker/overlay2/abc/merged overlay rw 0 0
cgroup2 /sys/fs/cgroup cgroup2 rw 0 0
`

/** Inside a container. */
export const CONTAINER_MOUNTS = `overlay / overlay rw,lowerdir=/x,upperdir=/y 0 0
proc /proc proc rw 0 0
tmpfs /dev tmpfs rw,size=65536k 0 0
/dev/vda1 /etc/resolv.conf ext4 rw 0 0
/dev/vda1 /etc/hostname ext4 rw 0 0
/dev/vda1 /etc/hosts ext4 rw 0 0
/dev/vdb /data ext4 rw 0 0
`
