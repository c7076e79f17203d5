using System.Globalization;

namespace Distribution.Ingest.Imports;

/// <summary>Which files of the server publishers may import: those below the operator's folders, with every link followed first.</summary>
internal sealed class ImportRoots(IngestOptions options)
{
    private const int MaxLinks = 40;

    private readonly string[] _roots = [.. options.ImportRoots.Select(root => Resolve(Path.GetFullPath(root)))];

    public bool IsEmpty => _roots.Length == 0;

    /// <summary>The path with every link in it followed.</summary>
    /// <exception cref="SourceFaultException">There is no such file or folder, or it is not below a folder of the operator's.</exception>
    public string Find(string path)
    {
        if (IsEmpty)
            throw new SourceFaultException(
                "This server imports no files of its own; its operator names folders for that with --import-from."
            );
        if (!Path.IsPathFullyQualified(path) || path.Contains('\0', StringComparison.Ordinal))
            throw new SourceFaultException("The path is not absolute.");
        string full = Path.GetFullPath(path);
        // Outside, not even whether there is something is told.
        if (!IsBelow(full, options.ImportRoots.Select(Path.GetFullPath)) && !IsBelow(full, _roots))
            throw Outside();
        string real = Resolve(full);
        if (!IsBelow(real, _roots))
            throw Outside();
        if (!File.Exists(real) && !Directory.Exists(real))
            throw new SourceFaultException($"There is no {path} on this server.");
        return real;
    }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="SourceFaultException">As for <see cref="Find"/>.</exception>
    /// <exception cref="IOException">It cannot be read now.</exception>
    public FileStream Open(string path)
    {
        string real = Find(path);
        try
        {
            var file = new FileStream(
                real,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 0, // who reads has a buffer
                FileOptions.Asynchronous | FileOptions.SequentialScan
            );
            // What was opened counts, not what the path led to a moment before.
            if (!OperatingSystem.IsLinux() || IsBelow(OpenedPath(file), _roots))
                return file;
            file.Dispose();
            throw Outside();
        }
        catch (UnauthorizedAccessException)
        {
            throw new SourceFaultException($"The server may not read {path}.");
        }
    }

    /// <summary>Another text for a file that was written since.</summary>
    public static string VersionOf(string path) =>
        File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture);

    private static SourceFaultException Outside() => new("The path is not below a folder that may be imported from.");

    private static bool IsBelow(string path, IEnumerable<string> roots) =>
        roots.Any(root =>
            path == root
            || path.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, Comparison)
        );

    private static StringComparison Comparison =>
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static string OpenedPath(FileStream file) =>
        new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget ?? "";

    // Element by element: .NET follows only a link at the end.
    private static string Resolve(string path)
    {
        int links = 0;
        string root = Path.GetPathRoot(path)!;
        var rest = new Stack<string>(Elements(path[root.Length..]));
        string done = root;
        while (rest.TryPop(out string? element))
        {
            if (element == ".")
                continue;
            if (element == "..")
            {
                done = Path.GetDirectoryName(done) ?? root;
                continue;
            }
            string next = Path.Combine(done, element);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }
            if (++links > MaxLinks)
                throw new SourceFaultException("The path has more links than anybody follows.");
            if (Path.IsPathFullyQualified(target))
            {
                done = Path.GetPathRoot(target)!;
                target = target[done.Length..];
            }
            foreach (string inner in Elements(target))
                rest.Push(inner);
        }
        return done;
    }

    // The last first, as a stack takes them.
    private static IEnumerable<string> Elements(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
            .Reverse();
}
