using System.Text;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Uploads;

/// <summary>Which files a folder may have: paths that mean different plain files on every system of a viewer.</summary>
internal static class FolderFiles
{
    public const int MaxCount = 100_000;

    /// <summary>Elements of one path: as many as the protocol library takes.</summary>
    public const int MaxDepth = 32;

    /// <summary>Of one path, in bytes of UTF-8: with a folder before it, it still fits the 4096 that Linux takes.</summary>
    public const int MaxPathBytes = 2048;

    // Padding files stand in it (BEP 47).
    private const string PaddingFolder = ".pad";

    /// <summary>Null: the files can be used. Otherwise what is wrong with the first that cannot, for people.</summary>
    public static string? Check(IReadOnlyList<ContentFile> files)
    {
        if (files.Count is 0 or > MaxCount)
            return $"A folder has 1 to {MaxCount} files; this one has {files.Count}.";
        // Windows and macOS take "A" and "a" for one name, so a viewer there would lose one of two such files.
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var folders = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long sum = 0;
        foreach (ContentFile file in files)
        {
            if (CheckPath(file.Path) is { } error)
                return $"\"{Shorten(file.Path)}\": {error}";
            if (file.SizeBytes < 0 || file.SizeBytes > long.MaxValue - sum)
                return $"\"{Shorten(file.Path)}\": {file.SizeBytes} is no size of a file.";
            sum += file.SizeBytes;
            if (!names.Add(file.Path))
                return $"\"{Shorten(file.Path)}\" is there twice; small and capital letters do not tell files apart.";
            for (int end = file.Path.IndexOf('/'); end >= 0; end = file.Path.IndexOf('/', end + 1))
                folders.Add(file.Path[..end]);
        }
        if (names.FirstOrDefault(folders.Contains) is { } both)
            return $"\"{Shorten(both)}\" is a file and a folder.";
        return sum == 0 ? "All files are empty: clients refuse a torrent without a single byte." : null;
    }

    private static string? CheckPath(string path)
    {
        string[] elements = path.Split('/');
        if (elements.Length > MaxDepth)
            return $"The path has more than {MaxDepth} elements.";
        foreach (string element in elements)
        {
            if (FileNames.Check(element) is { } error)
                return error;
            if (string.Equals(element, PaddingFolder, StringComparison.OrdinalIgnoreCase))
                return $"The name {PaddingFolder} is taken by padding files.";
        }
        return Encoding.UTF8.GetByteCount(path) > MaxPathBytes
            ? $"The path is longer than {MaxPathBytes} bytes of UTF-8."
            : null;
    }

    private static string Shorten(string path) => path.Length > 200 ? path[..200] + "…" : path;
}
