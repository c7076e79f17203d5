using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Distribution.Ingest.Transport;

/// <summary>
/// One send at a time by .NET's own engine, which waits until the socket takes it. Unlike <see cref="Socket"/>'s task-based methods it
/// tells how much was accepted by an operation that failed or was aborted.
/// </summary>
/// <param name="completed">Called when a send that had to wait is over.</param>
internal sealed class SocketSender(Action<SendResult> completed) : SocketAsyncEventArgs(true)
{
    // An operation reports when it is over: this is how coarse the count is while a slow viewer takes its time, and what kill -9
    // can cost it. An abort costs nothing: the operation then tells how far it came.
    public const int MaxOperationBytes = 128 << 10;

    // While the kernel sends files, this is only what the wait for room is made with, and copied.
    private const int ProbeBytes = 16 << 10;
    private const int MaxSegments = 32;

    private readonly List<ArraySegment<byte>> _segments = new(MaxSegments);
    private byte[]? _copy;

    /// <summary>Sends some of the list's start.</summary>
    /// <returns>Null: it waits, and <c>completed</c> is called later.</returns>
    /// <exception cref="IOException">The file cannot be read, or ends too early.</exception>
    public SendResult? Send(Socket socket, OutputSegment first)
    {
        if (first.File is not null)
            UseFile(first);
        else if (first.Next is null || first.Length >= MaxOperationBytes)
            UseFirst(first);
        else
            UseList(first);
        return socket.SendAsync(this) ? null : Finish();
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => completed(Finish());

    private SendResult Finish()
    {
        if (_copy is not null)
        {
            SetBuffer(null, 0, 0);
            ArrayPool<byte>.Shared.Return(_copy);
            _copy = null;
        }
        return new SendResult(BytesTransferred, SocketError);
    }

    private void UseFile(OutputSegment file)
    {
        int wanted = (int)Math.Min(file.Length, file.MustCopy ? MaxOperationBytes : ProbeBytes);
        byte[] copy = ArrayPool<byte>.Shared.Rent(wanted);
        int read;
        try
        {
            read = RandomAccess.Read(file.File!, copy.AsSpan(0, wanted), file.FileOffset);
            if (read == 0)
                throw new EndOfStreamException(
                    $"The file ends at {file.FileOffset}, {file.Length} bytes before the response does."
                );
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(copy);
            throw;
        }
        _copy = copy;
        if (BufferList is not null)
            BufferList = null;
        SetBuffer(copy, 0, read);
    }

    private void UseFirst(OutputSegment first)
    {
        if (BufferList is not null)
            BufferList = null;
        ReadOnlyMemory<byte> unsent = first.Unsent;
        SetBuffer(MemoryMarshal.AsMemory(unsent[..Math.Min(unsent.Length, MaxOperationBytes)]));
    }

    private void UseList(OutputSegment first)
    {
        _segments.Clear();
        int left = MaxOperationBytes;
        for (
            OutputSegment? segment = first;
            segment is { File: null } && left > 0 && _segments.Count < MaxSegments;
            segment = segment.Next
        )
        {
            if (!MemoryMarshal.TryGetArray(segment.Unsent, out ArraySegment<byte> array))
                throw new InvalidOperationException("The connection's memory pool gives no arrays.");
            int taken = Math.Min(left, array.Count);
            if (taken == 0)
                continue;
            _segments.Add(array[..taken]);
            left -= taken;
        }
        if (!MemoryBuffer.IsEmpty)
            SetBuffer(null, 0, 0);
        BufferList = _segments;
    }
}
