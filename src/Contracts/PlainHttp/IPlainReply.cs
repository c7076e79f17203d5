using System.Buffers;
using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Contracts.PlainHttp;

/// <summary>
/// Where an answer is written: head and body as bytes, or the head alone and then a stretch of a file. Only to be used during
/// <see cref="IPlainHandler.TryAnswer"/>.
/// </summary>
public interface IPlainReply : IBufferWriter<byte>
{
    /// <summary>Of the peer, 4 or 16 bytes: IPv4 that is written as IPv6 is IPv4.</summary>
    ReadOnlySpan<byte> AddressBytes { get; }

    /// <summary>Of the peer, as its socket has it.</summary>
    IPAddress Address { get; }

    /// <summary>False: the connection ends after this answer, which has to say so.</summary>
    bool KeepsAlive { get; }

    /// <summary>What a handler keeps with the connection, from one request to the next; null at first.</summary>
    object? Memo { get; set; }

    /// <summary>Puts a stretch of a file behind what was written. The answer's last part.</summary>
    /// <param name="file">Open until <see cref="IPlainBody.Ended"/>.</param>
    /// <param name="offset">Of its first byte in the file.</param>
    /// <param name="length">In bytes, at least 1.</param>
    void SendFile(SafeFileHandle file, long offset, long length, IPlainBody body);

    /// <summary>What an answer of <see cref="PlainAnswer.Later"/> waits for, however it ends.</summary>
    void WaitFor(Task task);
}
