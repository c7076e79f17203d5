using System.Globalization;
using System.Runtime.CompilerServices;

namespace Distribution.Ingest.CdnLogs;

/// <summary>A folder with all below it; names that begin with a dot are left out, as those that copy files in use them until they are done.</summary>
internal sealed class DiskLogFolder(string path) : ILogFolder
{
    public TimeSpan Interval => TimeSpan.FromSeconds(5);

#pragma warning disable CS1998 // a disk answers at once
    public async IAsyncEnumerable<(string Name, string Version)> ListAsync(
        [EnumeratorCancellation] CancellationToken stop
    )
#pragma warning restore CS1998
    {
        IEnumerable<FileInfo> files;
        try
        {
            files = new DirectoryInfo(path)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(static file => !file.Name.StartsWith('.') && file.Length > 0)
                .OrderBy(static file => file.LastWriteTimeUtc)
                .ToList();
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw new IOException(fault.Message, fault);
        }
        foreach (FileInfo file in files)
            yield return (
                Path.GetRelativePath(path, file.FullName),
                string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}")
            );
    }

    public Task<Stream> OpenAsync(string name, CancellationToken stop)
    {
        try
        {
            return Task.FromResult<Stream>(
                new FileStream(
                    Path.Combine(path, name),
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.ReadWrite | FileShare.Delete,
                    1,
                    FileOptions.Asynchronous | FileOptions.SequentialScan
                )
            );
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new IOException(fault.Message, fault);
        }
    }
}
