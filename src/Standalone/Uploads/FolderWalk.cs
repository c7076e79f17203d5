using System.Text;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Uploads;

/// <summary>
/// Lists a folder's files. Nothing is left out without a word: what cannot be a file of a torrent (a link, a pipe, a device) is refused,
/// and folders without files, which a torrent cannot hold, are named.
/// </summary>
internal sealed class FolderWalk
{
    private readonly List<SourceFile> _files = [];
    private readonly List<string> _emptyFolders = [];

    /// <summary>In the order of their paths, element by element as UTF-8 bytes: the order that v2 torrents have.</summary>
    public IReadOnlyList<SourceFile> Files => _files;

    /// <summary>Paths below the folder.</summary>
    public IReadOnlyList<string> EmptyFolders => _emptyFolders;

    public static Answer<FolderWalk> Of(string folder)
    {
        var walk = new FolderWalk();
        if (walk.Enter(new DirectoryInfo(folder), "") is { } failure)
            return failure;
        walk._files.Sort((left, right) => Compare(left.Name, right.Name));
        return walk;
    }

    private Failure? Enter(DirectoryInfo folder, string below)
    {
        bool isEmpty = true;
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            isEmpty = false;
            string name = below + entry.Name;
            if (entry.LinkTarget is not null)
                return new Failure(
                    $"{entry.FullName} is a symbolic link: put what it leads to in its place, or remove it."
                );
            if (entry is DirectoryInfo inner)
            {
                if (Enter(inner, $"{name}/") is { } failure)
                    return failure;
            }
            else if (!FileKind.IsRegular(entry.FullName))
                return new Failure(
                    $"{entry.FullName} is no file of bytes, but a pipe, a socket or a device: remove it."
                );
            else
                _files.Add(new SourceFile(entry.FullName, name, ((FileInfo)entry).Length, entry.LastWriteTimeUtc));
        }
        if (isEmpty && below.Length > 0)
            _emptyFolders.Add(below.TrimEnd('/'));
        return null;
    }

    private static int Compare(string left, string right)
    {
        string[] lefts = left.Split('/');
        string[] rights = right.Split('/');
        for (int i = 0; i < Math.Min(lefts.Length, rights.Length); i++)
        {
            int order = Encoding.UTF8.GetBytes(lefts[i]).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(rights[i]));
            if (order != 0)
                return order;
        }
        return lefts.Length.CompareTo(rights.Length);
    }
}
