using System.Security.Cryptography;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Pieces;

/// <summary>The v1 hash of each piece, from bytes that come in order.</summary>
internal sealed class PieceHasher(ContentManifest manifest) : IDisposable
{
    public const int HashBytes = SHA1.HashSizeInBytes;

    private readonly IncrementalHash _piece = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);

    /// <summary>All bytes below are hashed.</summary>
    public long Position { get; private set; }

    /// <summary>Goes on where an upload was left: reads again what there is of the piece that is not complete.</summary>
    public async Task ResumeAsync(IContentUpload upload, CancellationToken cancellation)
    {
        Position = upload.DurableBytes - upload.DurableBytes % manifest.PieceLengthBytes;
        if (upload.DurableBytes == manifest.SizeBytes)
            Position = manifest.SizeBytes;
        var buffer = new byte[ContentBlock.Bytes];
        while (Position < upload.DurableBytes)
        {
            int wanted = (int)Math.Min(buffer.Length, upload.DurableBytes - Position);
            int read = await upload.ReadAsync(Position, buffer.AsMemory(0, wanted), cancellation);
            if (read == 0)
                throw new InvalidDataException($"The stored bytes of {manifest.FileId} end at {Position}.");
            Append(buffer.AsSpan(0, read));
        }
    }

    /// <summary>Adds bytes; gives the hashes of the pieces that they complete, 20 bytes each.</summary>
    public byte[] Append(ReadOnlySpan<byte> data)
    {
        long end = Position + data.Length;
        long before = Position / manifest.PieceLengthBytes;
        long after = end == manifest.SizeBytes ? CeilingPieces() : end / manifest.PieceLengthBytes;
        byte[] hashes = after > before ? new byte[(after - before) * HashBytes] : [];
        int written = 0;
        while (!data.IsEmpty)
        {
            int left = (int)
                Math.Min(
                    manifest.PieceLengthBytes - Position % manifest.PieceLengthBytes,
                    manifest.SizeBytes - Position
                );
            int taken = Math.Min(left, data.Length);
            _piece.AppendData(data[..taken]);
            data = data[taken..];
            Position += taken;
            if (taken == left)
                written += _piece.GetHashAndReset(hashes.AsSpan(written));
        }
        return hashes;
    }

    public void Dispose() => _piece.Dispose();

    private long CeilingPieces() => (manifest.SizeBytes + manifest.PieceLengthBytes - 1) / manifest.PieceLengthBytes;
}
