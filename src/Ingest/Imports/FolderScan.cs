using Distribution.Ingest.Uploads;

namespace Distribution.Ingest.Imports;

/// <summary>All files below a folder of the server.</summary>
internal sealed class FolderScan(ImportRoots roots)
{
    private readonly List<(string Name, string Path)> _files = [];

    /// <summary>In the order of their names: the path below the folder, with '/', and where the file really is.</summary>
    /// <exception cref="SourceFaultException">Something in it cannot be imported: too many files, or a link that leads out or in circles.</exception>
    public IReadOnlyList<(string Name, string Path)> Find(string folder)
    {
        _files.Clear();
        Walk(folder, "", depth: 1);
        _files.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return _files;
    }

    private void Walk(string folder, string prefix, int depth)
    {
        if (depth > FolderFiles.MaxDepth)
            throw new SourceFaultException($"\"{prefix}\" lies deeper than {FolderFiles.MaxDepth} folders.");
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            string name = prefix + entry.Name;
            string real = entry.LinkTarget is null ? entry.FullName : roots.Find(entry.FullName);
            if (!Directory.Exists(real))
                _files.Add((name, real));
            else if (entry.LinkTarget is null)
                Walk(real, name + "/", depth + 1);
            else
                throw new SourceFaultException($"\"{name}\" is a link to a folder, which is not followed.");
            if (_files.Count > FolderFiles.MaxCount)
                throw new SourceFaultException($"The folder has more than {FolderFiles.MaxCount} files.");
        }
    }
}
