using System.Net.Sockets;
using Distribution.EdgeSeeder.Seeding.Links;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>A peer's end without a socket: what is to be received is put in, what was sent is counted and given on.</summary>
internal sealed class ScriptedLink : PeerLink
{
    private readonly Queue<byte[]> _input = new();
    private int _taken;

    public override Socket? Watched => null;

    public bool IsClosed { get; private set; }

    public long BytesReceived { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>So much may be sent before the link is full.</summary>
    public long Room { get; set; } = long.MaxValue;

    /// <summary>Once all input was received the peer has ended.</summary>
    public bool Ends { get; init; }

    /// <summary>Hears of everything that is sent.</summary>
    public Action<ReadOnlySpan<byte>>? OnSent { get; init; }

    public void Put(byte[] bytes)
    {
        if (bytes.Length > 0)
            _input.Enqueue(bytes);
    }

    public override int Receive(Span<byte> buffer, out SocketError fault)
    {
        fault = SocketError.Success;
        if (!_input.TryPeek(out byte[]? next))
        {
            if (!Ends)
                fault = SocketError.WouldBlock;
            return 0;
        }
        int count = Math.Min(buffer.Length, next.Length - _taken);
        next.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        BytesReceived += count;
        if (_taken == next.Length)
        {
            _input.Dequeue();
            _taken = 0;
        }
        return count;
    }

    public override unsafe long Send(ReadOnlySpan<SendPlace> places, out SocketError fault)
    {
        long sent = 0;
        foreach (SendPlace place in places)
        {
            int count = (int)Math.Min((long)place.LengthBytes, Room - sent);
            if (count <= 0)
                break;
            OnSent?.Invoke(new ReadOnlySpan<byte>(place.Address, count));
            sent += count;
        }
        fault = sent == 0 ? SocketError.WouldBlock : SocketError.Success;
        if (Room != long.MaxValue)
            Room -= sent;
        BytesSent += sent;
        return sent;
    }

    public override void Dispose() => IsClosed = true;
}
