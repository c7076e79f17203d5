using System.Collections.Frozen;
using System.Globalization;
using Distribution.Ingest.Contents;
using Microsoft.AspNetCore.StaticFiles;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// Which paths below a published content's address name what. A single file has its name. A folder has its files at
/// "name/path" (BEP 19, "Multi-File Torrents"), and the padding files of its torrent at "name/.pad/length": clients that do not
/// know them (BEP 47) ask for them like for any file.
/// </summary>
/// <remarks>A path is only ever looked up among these, so no other one leads anywhere.</remarks>
internal sealed class ServedPaths
{
    private const string PaddingFolder = ".pad/";
    private const string UnknownType = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    private readonly string _sha256;
    private readonly string _folder;
    private readonly ServedPart? _single;
    private readonly IReadOnlyList<ContentFile> _files = [];
    private readonly long[] _offsets = [];
    private readonly FrozenDictionary<string, int> _indices = FrozenDictionary<string, int>.Empty;
    private readonly FrozenSet<long> _paddings = FrozenSet<long>.Empty;

    public ServedPaths(StoredContent stored)
    {
        ContentManifest manifest = stored.Manifest;
        _sha256 = stored.Content.Sha256;
        _folder = manifest.Name + "/";
        if (manifest.Files is not { } files)
        {
            _single = new ServedPart(manifest.Name, manifest.ContentType, $"\"{_sha256}\"", 0, manifest.SizeBytes);
            return;
        }
        _files = files;
        _offsets = new long[files.Count];
        for (int i = 1; i < files.Count; i++)
            _offsets[i] = _offsets[i - 1] + files[i - 1].SizeBytes;
        _indices = files
            .Select((file, index) => KeyValuePair.Create(file.Path, index))
            .ToFrozenDictionary(StringComparer.Ordinal);
        // As the torrent is made: each file of several is filled up to a whole piece.
        if (files.Count > 1)
            _paddings = files
                .Select(file => file.SizeBytes % manifest.PieceLengthBytes)
                .Where(rest => rest > 0)
                .Select(rest => manifest.PieceLengthBytes - rest)
                .ToFrozenSet();
    }

    /// <param name="path">What follows the id and a slash, decoded.</param>
    /// <returns>Null: nothing is there.</returns>
    public ServedPart? Find(string path)
    {
        if (_single is not null)
            return string.Equals(path, _single.Name, StringComparison.Ordinal) ? _single : null;
        if (!path.StartsWith(_folder, StringComparison.Ordinal))
            return null;
        string below = path[_folder.Length..];
        if (_indices.TryGetValue(below, out int index))
            return FileAt(index);
        return below.StartsWith(PaddingFolder, StringComparison.Ordinal)
            ? FindPadding(below[PaddingFolder.Length..])
            : null;
    }

    private ServedPart FileAt(int index)
    {
        ContentFile file = _files[index];
        string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        return new ServedPart(
            name,
            ContentTypes.TryGetContentType(name, out string? type) ? type : UnknownType,
            string.Create(CultureInfo.InvariantCulture, $"\"{_sha256}-{index}\""),
            _offsets[index],
            file.SizeBytes
        );
    }

    private ServedPart? FindPadding(string length) =>
        long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
        && _paddings.Contains(bytes)
        && length[0] != '0'
            ? new ServedPart(length, UnknownType, $"\"{_sha256}-pad-{length}\"", 0, bytes, IsPadding: true)
            : null;
}
