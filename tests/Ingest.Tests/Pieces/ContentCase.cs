using System.Security.Cryptography;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Torrents;

namespace Distribution.Ingest.Tests.Pieces;

/// <summary>A content, and what must come of it by the straightforward way: one hasher a file, over all of it.</summary>
internal sealed class ContentCase
{
    private ContentCase(ContentManifest manifest, byte[] content)
    {
        Manifest = manifest;
        Content = content;
    }

    public ContentManifest Manifest { get; }

    public byte[] Content { get; }

    public static ContentCase File(int size, int pieceLength, TorrentFormat format) =>
        new(ManifestOf(size, pieceLength, format, null), Bytes(size));

    /// <summary>A folder whose files stand in no order of names.</summary>
    public static ContentCase Folder(int pieceLength, TorrentFormat format, params int[] sizes)
    {
        ContentFile[] files =
        [
            .. sizes.Select((size, i) => new ContentFile(i % 3 == 0 ? $"z/{999 - i}" : $"{i * 7 % 10}/b/{i}", size)),
        ];
        return new(ManifestOf(sizes.Sum(), pieceLength, format, files), Bytes(sizes.Sum()));
    }

    /// <summary>A file or a folder of up to some 2 MB, often with sizes at the edges of leaves and pieces.</summary>
    public static ContentCase Random(int seed)
    {
        var random = new Random(seed);
        int pieceLength = 16384 << random.Next(0, 8);
        TorrentFormat format = random.Next(2) == 0 ? TorrentFormat.V1 : TorrentFormat.Hybrid;
        if (random.Next(2) == 0)
            return File(1 + Size(), pieceLength, format);
        int[] sizes = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Size()), 1];
        return Folder(pieceLength, format, sizes);

        int Size() =>
            random.Next(8) switch
            {
                0 => 0,
                1 => 1,
                2 => 16384 + random.Next(-1, 2),
                3 => pieceLength + random.Next(-1, 2),
                4 => 1 << random.Next(0, 20),
                5 => random.Next(1, 700_000),
                _ => random.Next(1, 60_000),
            };
    }

    public FinishedTorrent Expected()
    {
        TorrentVersions versions =
            Manifest.Format == TorrentFormat.Hybrid ? TorrentVersions.Hybrid : TorrentVersions.V1;
        EncodedInfo? info;
        string? error;
        if (Manifest.Files is { } files)
        {
            var hashed = new List<HashedFile>();
            int at = 0;
            foreach (ContentFile file in files)
            {
                ContentHashes hashes = Hash(Content.AsSpan(at, (int)file.SizeBytes), versions, inFolder: true);
                hashed.Add(new HashedFile(file.Path.Split('/'), hashes));
                at += (int)file.SizeBytes;
            }
            Assert.True(InfoEncoder.TryEncodeFolder(Manifest.Name, hashed, versions, true, out info, out error), error);
        }
        else
        {
            ContentHashes hashes = Hash(Content, versions, inFolder: false);
            Assert.True(InfoEncoder.TryEncodeFile(Manifest.Name, hashes, versions, true, out info, out error), error);
        }
        int pieces = (Manifest.Files?.Select(file => file.SizeBytes) ?? [Manifest.SizeBytes]).Sum(size =>
            (int)((size + Manifest.PieceLengthBytes - 1) / Manifest.PieceLengthBytes)
        );
        return new FinishedTorrent(
            new FileContent(
                info.InfoHash!.Value,
                Manifest.PieceLengthBytes,
                pieces,
                Convert.ToHexStringLower(SHA256.HashData(Content)),
                info.InfoHashV2
            ),
            new StoredTorrent(info.Raw, info.EncodePieceLayers())
        );
    }

    public void AssertTorrentOf(ReadOnlyMemory<byte> pieceRecords, ReadOnlyMemory<byte> state)
    {
        Assert.True(
            TorrentBuilder.TryBuild(Manifest, pieceRecords.Span, state, out FinishedTorrent? made, out string? flaw),
            flaw
        );
        FinishedTorrent expected = Expected();
        Assert.Equal(expected.Content, made.Content);
        Assert.Equal(expected.Stored.InfoDictionary.ToArray(), made.Stored.InfoDictionary.ToArray());
        Assert.Equal(expected.Stored.PieceLayers.ToArray(), made.Stored.PieceLayers.ToArray());
    }

    /// <summary>Every block of every piece is right by them.</summary>
    public void AssertBlockStates(ReadOnlyMemory<byte> states)
    {
        int at = 0;
        foreach (long size in Manifest.Files?.Select(file => file.SizeBytes) ?? [Manifest.SizeBytes])
        {
            for (long left = size; left > 0; left -= Manifest.PieceLengthBytes)
            {
                byte[] piece = Content[at..(at + (int)Math.Min(left, Manifest.PieceLengthBytes))];
                int bytes = BlockStateMap.CountOf(piece.Length) * BlockStateMap.StateBytes;
                var verifier = new BlockVerifier(piece.Length, SHA1.HashData(piece), states[..bytes]);
                for (int block = 0; block < verifier.BlockCount; block++)
                {
                    (int start, int end) = verifier.RangeOf(block);
                    Assert.True(verifier.IsRight(block, piece.AsSpan(start..end)));
                }
                states = states[bytes..];
                at += piece.Length;
            }
        }
        Assert.True(states.IsEmpty);
    }

    private ContentHashes Hash(ReadOnlySpan<byte> content, TorrentVersions versions, bool inFolder)
    {
        using var hasher = new ContentHasher(Manifest.PieceLengthBytes, versions, inFolder);
        hasher.Append(content);
        return hasher.Finish();
    }

    private static ContentManifest ManifestOf(
        long size,
        int pieceLength,
        TorrentFormat format,
        IReadOnlyList<ContentFile>? files
    ) =>
        new()
        {
            FileId = FileIds.Create(),
            PublisherId = Publishers.Default,
            Name = "Name",
            Title = "Title",
            ContentType = "video/mp4",
            SizeBytes = size,
            Format = format,
            Files = files,
            PieceLengthBytes = pieceLength,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
