using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Transport;

/// <summary>A stretch of a connection's output: bytes in memory, or a part of a file. A list of them waits for the socket.</summary>
internal sealed class OutputSegment
{
    private readonly IMemoryOwner<byte>? _owner;
    private readonly byte[]? _rented;
    private int _start;

    /// <param name="owner">Of the memory; null: it is <paramref name="rented"/>.</param>
    /// <param name="rented">From the shared array pool; null: it is <paramref name="owner"/>'s.</param>
    public OutputSegment(IMemoryOwner<byte>? owner, byte[]? rented)
    {
        _owner = owner;
        _rented = rented;
        Block = owner?.Memory ?? rented;
    }

    /// <summary>Keeps the file open until the segment is released.</summary>
    public OutputSegment(SafeFileHandle file, long offset, long length)
    {
        bool added = false;
        file.DangerousAddRef(ref added);
        File = file;
        FileOffset = offset;
        Length = length;
    }

    public OutputSegment? Next { get; set; }

    /// <summary>Null: the bytes are in memory.</summary>
    public SafeFileHandle? File { get; }

    /// <summary>Where the file's next unsent byte is.</summary>
    public long FileOffset { get; private set; }

    /// <summary>Bytes that are still to be sent.</summary>
    public long Length { get; private set; }

    /// <summary>The file system cannot send from this file by itself; its bytes are read.</summary>
    public bool MustCopy { get; set; }

    /// <summary>All the memory, as far as it was rented.</summary>
    public Memory<byte> Block { get; }

    public ReadOnlyMemory<byte> Unsent => Block.Slice(_start, (int)Length);

    /// <summary>By the writer: so many more bytes of <see cref="Block"/> are filled.</summary>
    public void Grow(int bytes) => Length += bytes;

    /// <summary>By the sender: the socket took so many bytes.</summary>
    public void Take(long bytes)
    {
        Length -= bytes;
        if (File is null)
            _start += (int)bytes;
        else
            FileOffset += bytes;
    }

    public void Release()
    {
        File?.DangerousRelease();
        _owner?.Dispose();
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }
}
