using System.Security.Cryptography;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// The SHA-256 of the whole file. Normally it goes along with the bytes. After a restart it is behind, because the state of a SHA-256
/// cannot be saved: then it reads what is stored, beside the first PATCH and without holding it up, until it has caught up. (A hash
/// whose state can be kept in the journal would do away with that.)
/// </summary>
internal sealed class FileHasher(ContentManifest manifest) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[ContentBlock.Bytes];

    /// <summary>All bytes below are hashed.</summary>
    public long Position { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        _hash.AppendData(data);
        Position += data.Length;
    }

    /// <summary>Reads and hashes one buffer of what is stored below <paramref name="end"/>.</summary>
    public async ValueTask CatchUpAsync(IContentUpload upload, long end, CancellationToken cancellation)
    {
        int wanted = (int)Math.Min(_buffer.Length, end - Position);
        int read = await upload.ReadAsync(Position, _buffer.AsMemory(0, wanted), cancellation);
        if (read == 0)
            throw new InvalidDataException($"The stored bytes of {manifest.FileId} end at {Position}.");
        Append(_buffer.AsSpan(0, read));
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
