using Distribution.Silos.Hosting;

namespace Distribution.Silos.Tests.Hosting;

public sealed class HugePagesTests
{
    [Fact]
    public void The_heap_of_this_process_is_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Asked of Linux.");
        Assert.True(HugePages.TryAsk());

        // proc_pid_smaps(5): "hg" is a mapping for which large pages were asked.
        ulong reserved = 0;
        string[] lines = File.ReadAllLines("/proc/self/smaps");
        for (int i = 0, size = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("Size:", StringComparison.Ordinal))
                size = i;
            else if (lines[i].StartsWith("VmFlags:", StringComparison.Ordinal) && lines[i].Split(' ').Contains("hg"))
                reserved += ulong.Parse(lines[size].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        }
        Assert.True(reserved > 1 << 20, $"{reserved} KiB");
    }

    [Fact]
    public void The_heap_begins_and_ends_with_a_large_reserve()
    {
        string[] maps =
        [
            "100000000-100200000 rw-p 00000000 00:00 0 ",
            "100200000-140200000 ---p 00000000 00:00 0 ",
            "140200000-140600000 rw-p 00000000 00:00 0 ",
            "140600000-180600000 ---p 00000000 00:00 0 ",
            "180600000-180e00000 rw-p 00000000 00:00 0                          [stack:7]",
            "180e00000-181600000 rw-p 00000000 00:00 0 ",
            "190000000-1d0000000 ---p 00000000 00:00 0 ",
            "1e0000000-1e0400000 r-xp 00000000 08:01 77                         /usr/lib/some.so",
            "no mapping",
        ];

        Assert.True(HugePages.TryFind(maps, 0x140300000, out ulong from, out ulong to));
        Assert.Equal((0x100200000ul, 0x180600000ul), (from, to));
        Assert.False(HugePages.TryFind(maps, 0x1e0000000, out _, out _));
        Assert.True(HugePages.TryFind(maps, 0x100100000, out from, out to));
        Assert.Equal((0x100000000ul, 0x180600000ul), (from, to));
        Assert.False(HugePages.TryFind([], 0x100100000, out _, out _));
    }
}
