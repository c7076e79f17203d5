using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Distribution.Ingest.Uploads;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;

namespace Distribution.Ingest.Imports;

/// <summary>Finds out what an import is of: its files, their sizes, and what tells that they have changed.</summary>
internal sealed class ImportPlanner(ImportRoots roots, RemoteFiles remote)
{
    private const string Bytes = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider Types = new();

    /// <summary>One of upload and refusal is null.</summary>
    public async Task<(NewUpload? Upload, IResult? Refusal)> PlanAsync(
        ImportRequest request,
        string publisherId,
        CancellationToken cancellation
    )
    {
        ImportRequestSource asked = request.Source;
        string?[] places = [asked.Path, asked.FolderPath, asked.FilePath, asked.Url, asked.BlobUrl];
        if (places.Count(place => place is not null) != 1)
            return (
                null,
                Problem.InvalidRequest.With("Give exactly one of path, folderPath, filePath, url and blobUrl.")
            );
        TorrentFormat? format = null;
        if (request.Format is not null && !TorrentFormats.TryParse(request.Format, out format))
            return (null, Problem.InvalidMetadata.With($"The format is not {TorrentFormats.Known}."));
        ImportedTorrent? torrent = null;
        if (asked.Torrent is not null && !ImportedTorrent.TryRead(asked.Torrent, out torrent, out string? error))
            return (null, Problem.InvalidTorrent.With(error));
        if (torrent is not null && (request.Name is not null || request.Format is not null))
            return (null, Problem.InvalidRequest.With("Name and format are the torrent's: leave them out."));
        // The server's own folders are its operator's, and so its first publisher's.
        if (asked.Url is null && asked.BlobUrl is null && publisherId != Publishers.Default)
            return (null, Problem.InvalidSource.With("Files of the server can be imported by its own publisher only."));
        try
        {
            NewUpload upload = (asked.Url ?? asked.BlobUrl) is { } url
                ? await PlanUrlAsync(url, torrent, cancellation)
                : PlanPath(asked, torrent);
            string name = request.Name ?? upload.Name;
            if (FileNames.Check(name) is { } reason)
                return (null, Problem.InvalidName.With(reason));
            if (upload.Files is { } files && FolderFiles.Check(files) is { } wrong)
                return (null, Problem.InvalidFolder.With(wrong));
            if (!UploadTitle.TryRead(request.Title, name, out string title, out error))
                return (null, Problem.InvalidMetadata.With(error));
            return (
                upload with
                {
                    PublisherId = publisherId,
                    Name = name,
                    Title = title,
                    Format = torrent?.Format ?? format,
                },
                null
            );
        }
        catch (SourceFaultException e)
        {
            return (null, Problem.InvalidSource.With(e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, Problem.SourceUnavailable.With(e.Message));
        }
    }

    private async Task<NewUpload> PlanUrlAsync(string text, ImportedTorrent? torrent, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url))
            throw new SourceFaultException("The address cannot be read.");
        RemoteFiles.Check(url);
        if (torrent?.Files is not null)
            throw new SourceFaultException("A torrent of several files has no single address; import its folder.");
        RemoteFile file = await remote.FindAsync(url, cancellation);
        if (torrent is not null && torrent.SizeBytes != file.SizeBytes)
            throw Other(torrent.Name, torrent.SizeBytes, file.SizeBytes);
        return new NewUpload
        {
            PublisherId = "",
            Name = torrent?.Name ?? Uri.UnescapeDataString(url.Segments[^1]),
            Title = "",
            ContentType = UploadMetadata.IsMediaType(file.ContentType) ? file.ContentType! : Bytes,
            SizeBytes = file.SizeBytes,
            PieceLengthBytes = torrent?.PieceLengthBytes,
            Torrent = torrent?.Stored,
            Source = new ContentSource(ContentSourceKind.Url, [url.AbsoluteUri], [file.Version]),
        };
    }

    private NewUpload PlanPath(ImportRequestSource asked, ImportedTorrent? torrent)
    {
        string path = (asked.Path ?? asked.FolderPath ?? asked.FilePath)!;
        string real = roots.Find(path);
        bool isFolder = Directory.Exists(real);
        if (asked.FolderPath is not null && !isFolder)
            throw new SourceFaultException($"{path} is no folder.");
        if (asked.FilePath is not null && isFolder)
            throw new SourceFaultException($"{path} is a folder.");
        var files = new List<(string Name, string Path)>();
        if (torrent?.Files is { } listed)
        {
            if (!isFolder)
                throw new SourceFaultException($"{path} is no folder, as the torrent's content is.");
            files.AddRange(listed.Select(file => (file.Path, roots.Find(Path.Combine(real, file.Path)))));
        }
        else if (torrent is not null)
            files.Add((torrent.Name, isFolder ? roots.Find(Path.Combine(real, torrent.Name)) : real));
        else if (isFolder)
            files.AddRange(new FolderScan(roots).Find(real));
        else
            files.Add((Path.GetFileName(real), real));
        ContentFile[] contents = [.. files.Select(file => new ContentFile(file.Name, SizeOf(file.Path)))];
        if (torrent is not null)
            CheckSizes(torrent, contents);
        bool isSingle = torrent is null ? !isFolder : torrent.Files is null;
        // The name is the one that was asked for, also where it is a link's.
        string name = torrent?.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return new NewUpload
        {
            PublisherId = "",
            Name = name,
            Title = "",
            ContentType = isSingle && Types.TryGetContentType(name, out string? type) ? type : Bytes,
            SizeBytes = contents.Sum(file => file.SizeBytes),
            Files = isSingle ? null : contents,
            PieceLengthBytes = torrent?.PieceLengthBytes,
            Torrent = torrent?.Stored,
            Source = new ContentSource(
                ContentSourceKind.Files,
                [.. files.Select(file => file.Path)],
                [.. files.Select(file => ImportRoots.VersionOf(file.Path))]
            ),
        };
    }

    private static void CheckSizes(ImportedTorrent torrent, ContentFile[] found)
    {
        IReadOnlyList<ContentFile> expected = torrent.Files ?? [new ContentFile(torrent.Name, torrent.SizeBytes)];
        foreach ((ContentFile here, ContentFile there) in found.Zip(expected))
        {
            if (here.SizeBytes != there.SizeBytes)
                throw Other(there.Path, there.SizeBytes, here.SizeBytes);
        }
    }

    private static SourceFaultException Other(string name, long expected, long found) =>
        new($"{name} has {found} bytes; in the torrent it has {expected}.");

    private static long SizeOf(string path) =>
        File.Exists(path) ? new FileInfo(path).Length : throw new SourceFaultException($"{path} is no file.");
}
