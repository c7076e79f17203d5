using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Distribution.Standalone.Client;
using Microsoft.AspNetCore.StaticFiles;

namespace Distribution.Standalone.Uploads;

/// <summary>What is published: a file, or a folder, whose files' bytes are uploaded one after another.</summary>
/// <param name="Path">Where it is, absolute.</param>
/// <param name="Name">Its own name.</param>
/// <param name="Files">A file: itself.</param>
/// <param name="EmptyFolders">Folders without files, which a torrent cannot hold; paths below the folder.</param>
internal sealed record UploadSource(
    string Path,
    string Name,
    bool IsFolder,
    IReadOnlyList<SourceFile> Files,
    IReadOnlyList<string> EmptyFolders
)
{
    /// <summary>All files together.</summary>
    public long SizeBytes { get; } = Files.Sum(file => file.SizeBytes);

    /// <summary>Media type, by the name; of files alone.</summary>
    public string ContentType =>
        new FileExtensionContentTypeProvider().TryGetContentType(Name, out string? type)
            ? type
            : "application/octet-stream";

    /// <summary>Another one means other files, sizes or times. 64 hexadecimal digits.</summary>
    public string Fingerprint
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (SourceFile file in Files)
            {
                string line = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file.Path}\n{file.SizeBytes}\n{file.ModifiedAtUtc.Ticks}\n"
                );
                hash.AppendData(Encoding.UTF8.GetBytes(line));
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    public static Answer<UploadSource> Find(string path)
    {
        try
        {
            return Directory.Exists(path) ? FindFolder(path) : FindFile(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new Failure($"{path} cannot be read: {fault.Message}");
        }
    }

    /// <summary>Null while all is what it was.</summary>
    public Failure? Changed() =>
        Find(Path) is var now && now.TryGet(out UploadSource? source, out _) && source.Files.SequenceEqual(Files)
            ? null
            : new Failure($"{Path} changed while it was uploaded; run the command again to publish what it is now.");

    private static Answer<UploadSource> FindFile(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return new Failure($"There is no file or folder {path}.");
        if (!FileKind.IsRegular(file.FullName))
            return new Failure($"{path} is no file of bytes, but a pipe, a socket or a device.");
        var only = new SourceFile(file.FullName, file.Name, file.Length, file.LastWriteTimeUtc);
        return new UploadSource(file.FullName, file.Name, IsFolder: false, [only], []);
    }

    private static Answer<UploadSource> FindFolder(string path)
    {
        // Without its last slash, and never "." or "..", so that it has a name.
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        string name = System.IO.Path.GetFileName(full);
        if (name.Length == 0)
            return new Failure($"{path} has no name that it could be published under.");
        if (!FolderWalk.Of(full).TryGet(out FolderWalk? walk, out Failure? failure))
            return failure;
        return walk.Files.Count > 0
            ? new UploadSource(full, name, IsFolder: true, walk.Files, walk.EmptyFolders)
            : new Failure($"The folder {path} has no files.");
    }
}
