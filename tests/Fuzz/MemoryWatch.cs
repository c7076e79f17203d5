using System.Globalization;

namespace Distribution.Fuzz;

/// <summary>What the process holds at some points of the run, against what it held at the first of them.</summary>
internal sealed class MemoryWatch(TextWriter output)
{
    /// <summary>Tables, pools and the database's pages are full by the first point; beyond it all comes and goes.</summary>
    public const long MostGrowthBytes = 16 << 20;

    /// <summary>Sockets of connections that are being closed.</summary>
    public const int MostGrowthHandles = 32;

    private (long LiveBytes, int Handles)? _first;

    /// <param name="share">Of the run, 0 to 1.</param>
    public void Look(double share, Findings findings)
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        long live = GC.GetTotalMemory(forceFullCollection: true);
        int handles = OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"at {share:P0}: {live / 1048576.0:F1} MiB live, {handles} handles, {Environment.WorkingSet >> 20} MiB resident"
            )
        );
        _first ??= (live, handles);
        if (live - _first.Value.LiveBytes > MostGrowthBytes)
            findings.Add("memory", $"grew by {live - _first.Value.LiveBytes} bytes", []);
        if (handles - _first.Value.Handles > MostGrowthHandles)
            findings.Add("memory", $"{handles - _first.Value.Handles} more handles", []);
    }
}
