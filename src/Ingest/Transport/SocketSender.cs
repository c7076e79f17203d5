using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Distribution.Ingest.Transport;

/// <summary>
/// Sends from a pipe's own memory, one operation at a time, without allocating. Unlike <see cref="Socket"/>'s task-based methods it
/// tells how much was accepted by an operation that failed or was aborted.
/// </summary>
internal sealed class SocketSender : SocketAsyncEventArgs, IValueTaskSource<SendResult>
{
    // An operation reports when it is over: this is how coarse the count is while a slow viewer takes its time, and what kill -9
    // can cost it. An abort costs nothing: the operation then tells how far it came.
    public const int MaxOperationBytes = 128 << 10;

    private const int MaxSegments = 32;

    private readonly List<ArraySegment<byte>> _segments = new(MaxSegments);
    private ManualResetValueTaskSourceCore<SendResult> _source;

    public SocketSender()
        : base(true) { }

    /// <summary>Sends some of the data from its start.</summary>
    public ValueTask<SendResult> SendAsync(Socket socket, in ReadOnlySequence<byte> data)
    {
        _source.Reset();
        try
        {
            if (data.FirstSpan.Length >= MaxOperationBytes || data.IsSingleSegment)
                UseFirst(data.First);
            else
                UseList(data);
            if (socket.SendAsync(this))
                return new ValueTask<SendResult>(this, _source.Version);
        }
        catch (ObjectDisposedException)
        {
            return ValueTask.FromResult(new SendResult(0, SocketError.OperationAborted));
        }
        return ValueTask.FromResult(new SendResult(BytesTransferred, SocketError));
    }

    public SendResult GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e) =>
        _source.SetResult(new SendResult(BytesTransferred, SocketError));

    private void UseFirst(ReadOnlyMemory<byte> first)
    {
        if (BufferList is not null)
            BufferList = null;
        SetBuffer(MemoryMarshal.AsMemory(first[..Math.Min(first.Length, MaxOperationBytes)]));
    }

    private void UseList(in ReadOnlySequence<byte> data)
    {
        _segments.Clear();
        int left = MaxOperationBytes;
        foreach (ReadOnlyMemory<byte> memory in data)
        {
            if (left == 0 || _segments.Count == MaxSegments)
                break;
            if (memory.IsEmpty)
                continue;
            if (!MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment))
                throw new InvalidOperationException("The connection's memory pool gives no arrays.");
            int taken = Math.Min(left, segment.Count);
            _segments.Add(segment[..taken]);
            left -= taken;
        }
        if (!MemoryBuffer.IsEmpty)
            SetBuffer(null, 0, 0);
        BufferList = _segments;
    }
}
