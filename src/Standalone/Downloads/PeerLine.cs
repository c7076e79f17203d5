using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;

namespace Distribution.Standalone.Downloads;

/// <summary>A connection to a peer as messages: greets, reads frames one by one, and writes from a queue so that no reader waits for a writer.</summary>
internal sealed class PeerLine : IDisposable
{
    private const int FirstBufferBytes = 32 * 1024;

    private readonly Socket _socket;
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _filled;
    private int _consumed;
    private long _queuedBytes;

    /// <param name="socket">Connected; this object's own from here on.</param>
    public PeerLine(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        Remote = (IPEndPoint)socket.RemoteEndPoint!;
    }

    public delegate bool Handler(in PeerMessage message);

    public IPEndPoint Remote { get; }

    /// <summary>Bytes that the peer has not taken yet.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queuedBytes);

    /// <summary>Exchanges handshakes. Null: it hung up, speaks something else, or wants another torrent.</summary>
    public async Task<Handshake?> GreetAsync(InfoHash infoHash, PeerId self, CancellationToken stop)
    {
        var ours = new byte[Handshake.LengthBytes];
        new Handshake(infoHash, self, ReservedBits.Extensions | ReservedBits.Fast).Write(ours);
        await _socket.SendAsync(ours, SocketFlags.None, stop);
        while (true)
        {
            switch (Handshake.TryRead(_buffer.AsSpan(0, _filled), out Handshake theirs, out _))
            {
                case FrameStatus.Complete when theirs.InfoHash == infoHash && theirs.PeerId != self:
                    _consumed = Handshake.LengthBytes;
                    return theirs;
                case FrameStatus.Incomplete when await FillAsync(stop):
                    break;
                default:
                    return null;
            }
        }
    }

    /// <summary>Hands over each message until one is refused, the peer hangs up, or breaks the protocol.</summary>
    public async Task ReadAsync(Func<FrameLimits> limits, Handler handle, CancellationToken stop)
    {
        do
        {
            if (!HandleFrames(limits, handle))
                return;
        } while (await FillAsync(stop));
    }

    /// <summary>Sends what is queued until the connection breaks.</summary>
    public async Task WriteAsync(CancellationToken stop)
    {
        await foreach (byte[] message in _outgoing.Reader.ReadAllAsync(stop))
        {
            for (int sent = 0; sent < message.Length; )
                sent += await _socket.SendAsync(message.AsMemory(sent), SocketFlags.None, stop);
            Interlocked.Add(ref _queuedBytes, -message.Length);
        }
    }

    public void Signal(MessageType type)
    {
        var message = new byte[WireWriter.SignalBytes];
        WireWriter.WriteSignal(message, type);
        Send(message);
    }

    public void Have(int piece)
    {
        var message = new byte[WireWriter.HaveBytes];
        WireWriter.WriteHave(message, piece);
        Send(message);
    }

    public void Request(MessageType type, BlockRequest block)
    {
        var message = new byte[WireWriter.RequestBytes];
        WireWriter.WriteRequest(message, type, block);
        Send(message);
    }

    public void Write(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        Send(output.WrittenSpan.ToArray());
    }

    /// <summary>Queues a message, which is not changed any more.</summary>
    public void Send(byte[] message)
    {
        Interlocked.Add(ref _queuedBytes, message.Length);
        _outgoing.Writer.TryWrite(message);
    }

    public void Dispose() => _socket.Dispose();

    private bool HandleFrames(Func<FrameLimits> limits, Handler handle)
    {
        while (true)
        {
            FrameStatus status = PeerMessage.TryRead(
                _buffer.AsSpan(_consumed, _filled - _consumed),
                limits(),
                out PeerMessage message,
                out int frameBytes,
                out _
            );
            if (status == FrameStatus.Invalid)
                return false;
            if (status == FrameStatus.Incomplete)
            {
                MakeRoom(frameBytes);
                return true;
            }
            if (!handle(message))
                return false;
            _consumed += frameBytes;
        }
    }

    private void MakeRoom(int frameBytes)
    {
        int kept = _filled - _consumed;
        byte[] target = frameBytes > _buffer.Length ? new byte[frameBytes] : _buffer;
        _buffer.AsSpan(_consumed, kept).CopyTo(target);
        _buffer = target;
        _filled = kept;
        _consumed = 0;
    }

    private async Task<bool> FillAsync(CancellationToken stop)
    {
        int read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), SocketFlags.None, stop);
        _filled += read;
        return read > 0;
    }
}
