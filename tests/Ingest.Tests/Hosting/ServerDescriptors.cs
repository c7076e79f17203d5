using System.Globalization;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>What this process holds open, told apart from what other tests of the process do (Linux).</summary>
internal static class ServerDescriptors
{
    /// <summary>Sockets of one port's server: the one that listens, and its connections.</summary>
    public static int SocketsAt(int port)
    {
        string local = $":{port:X4}";
        var inodes = File.ReadLines("/proc/self/net/tcp")
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[1].EndsWith(local, StringComparison.Ordinal))
            .Select(fields => string.Create(CultureInfo.InvariantCulture, $"socket:[{fields[9]}]"))
            .ToHashSet(StringComparer.Ordinal);
        return Targets().Count(inodes.Contains);
    }

    public static int FilesBelow(string folder) =>
        Targets().Count(target => target.StartsWith(folder + "/", StringComparison.Ordinal));

    private static IEnumerable<string> Targets()
    {
        foreach (string descriptor in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            string? target = null;
            try
            {
                target = new FileInfo(descriptor).LinkTarget;
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }
            if (target is not null)
                yield return target;
        }
    }
}
