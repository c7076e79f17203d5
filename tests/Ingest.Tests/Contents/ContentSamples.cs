using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Tests.Contents;

/// <summary>Uploads as the slicer makes them, for tests of stores.</summary>
public abstract class ContentSamples
{
    protected const int PieceLength = 256 << 10;

    protected static readonly StoredTorrent Torrent = new("info"u8.ToArray(), "layers"u8.ToArray());

    protected static ContentManifest ManifestOf(long size) =>
        new()
        {
            FileId = FileIds.Create(),
            PublisherId = "somebody",
            Name = "Füße.mp4",
            Title = "Feet",
            ContentType = "video/mp4",
            SizeBytes = size,
            PieceLengthBytes = PieceLength,
            CreatedAt = DateTimeOffset.UnixEpoch.AddDays(20_000),
            UploadMetadata = "filename Rg==",
        };

    /// <summary>Writes content[from..to] and checkpoints it.</summary>
    protected static async Task WriteAsync(IContentUpload upload, byte[] content, int from, int to)
    {
        Assert.Equal(StoreStatus.Done, await upload.WriteAsync(from, content.AsMemory(from, to - from), default));
        byte[] hashes = HashesOf(content, to)[upload.PieceHashes.Length..];
        Assert.Equal(StoreStatus.Done, await upload.CheckpointAsync(to, hashes, StateAt(to), default));
        Assert.Equal(to, upload.DurableBytes);
    }

    /// <summary>Of the pieces that are complete below an offset.</summary>
    protected static byte[] HashesOf(byte[] content, int offset)
    {
        int end = offset == content.Length ? offset : offset / PieceLength * PieceLength;
        return
        [
            .. Enumerable
                .Range(0, (end + PieceLength - 1) / PieceLength)
                .SelectMany(p =>
                    SHA1.HashData(content.AsSpan(p * PieceLength, Math.Min(PieceLength, end - p * PieceLength)))
                ),
        ];
    }

    protected static byte[] StateAt(int offset) => Encoding.ASCII.GetBytes($"at {offset}");

    protected static FileContent FactsOf(byte[] content, ReadOnlySpan<byte> hashes) =>
        new(
            InfoHash.OfInfoDictionary(hashes),
            PieceLength,
            hashes.Length / 20,
            Convert.ToHexStringLower(SHA256.HashData(content))
        );

    /// <summary>Uploads and completes.</summary>
    /// <returns>The file's id.</returns>
    protected static async Task<string> StoreAsync(IContentStore store, byte[] content)
    {
        ContentManifest manifest = ManifestOf(content.Length);
        await using IContentUpload upload = (await store.CreateAsync(manifest, default))!;
        await WriteAsync(upload, content, 0, content.Length);
        await upload.CompleteAsync(
            FactsOf(content, upload.PieceHashes.Span),
            Torrent,
            TestContext.Current.CancellationToken
        );
        return manifest.FileId;
    }

    protected static async Task<byte[]> ReadAllAsync(IContentStore store, string id)
    {
        using IContentReader reader = (await store.OpenAsync(id, default))!;
        var content = new byte[reader.LengthBytes];
        int at = 0;
        while (at < content.Length)
            at += await reader.ReadAsync(at, content.AsMemory(at), default);
        return content;
    }
}
