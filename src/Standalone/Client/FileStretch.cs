using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Standalone.Client;

/// <summary>
/// Memory that stands for a stretch of a file. <see cref="ServerConnection"/> has the kernel send it from the file; whoever looks at the bytes
/// instead, as TLS does, has them read when it looks.
/// </summary>
internal sealed class FileStretch(
    SafeFileHandle file,
    string path,
    long offset,
    int lengthBytes,
    byte[] buffer,
    Action<int> sent
) : MemoryManager<byte>
{
    private readonly Lock _gate = new();
    private bool _isRead;
    private int _sentBytes;

    /// <summary>Does not read, as the base class would to learn the length.</summary>
    public override Memory<byte> Memory => CreateMemory(lengthBytes);

    public SafeFileHandle File => file;

    /// <summary>Where the stretch begins in the file, in bytes.</summary>
    public long Offset => offset;

    /// <summary>The connection took so many bytes more.</summary>
    public void Sent(int bytes)
    {
        _sentBytes += bytes;
        sent(bytes);
    }

    /// <summary>The connection took the whole: tells what was not told yet.</summary>
    public void SentWhole()
    {
        if (_sentBytes < lengthBytes)
            Sent(lengthBytes - _sentBytes);
    }

    /// <exception cref="IOException">Always: the file ends before the stretch does.</exception>
    public IOException Shorter() => new($"{path} became shorter.");

    /// <exception cref="IOException">The file cannot be read, or is shorter than it was.</exception>
    public override Span<byte> GetSpan()
    {
        lock (_gate)
        {
            for (int filled = 0; !_isRead && filled < lengthBytes; )
            {
                int read = RandomAccess.Read(file, buffer.AsSpan(filled, lengthBytes - filled), offset + filled);
                if (read == 0)
                    throw Shorter();
                filled += read;
            }
            _isRead = true;
        }
        return buffer.AsSpan(0, lengthBytes);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        GetSpan();
        return buffer.AsMemory(elementIndex).Pin();
    }

    /// <summary>Nothing: a handle of <see cref="Pin"/> frees itself.</summary>
    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}
