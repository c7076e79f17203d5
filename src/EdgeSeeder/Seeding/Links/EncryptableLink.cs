using System.Buffers;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Encryption;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>
/// A link over which the other side may speak encrypted (MSE/PE), or is spoken to so. Where both agree on plaintext, bytes go as they are
/// once the handshake is over; with RC4 each goes through a copy of ours, a chunk at a time.
/// </summary>
internal sealed unsafe class EncryptableLink : PeerLink
{
    /// <summary>Encrypted ahead of the socket; held only while it waits there.</summary>
    private const int ChunkBytes = 16 * 1024;

    private const int OpeningBytes = 1024;
    private const EncryptionMethod Allowed = EncryptionMethod.Plaintext | EncryptionMethod.Rc4;

    private readonly PeerLink _inner;
    private readonly Func<InfoHash, InfoHash?>? _find;
    private readonly KeyExchanges? _exchanges;
    private EncryptionHandshake? _handshake;
    private byte[]? _opening;
    private int _openingCount;
    private WireCipher? _incoming;
    private WireCipher? _outgoing;
    private byte[]? _chunk;
    private int _chunkAt;
    private int _chunkLeft;
    private long _ownBytes;
    private bool _isOpen;
    private bool _wasEncrypted;

    /// <summary>To whoever came by itself: what does not begin as BitTorrent does is taken for encrypted.</summary>
    /// <param name="find">The info-hash behind a <see cref="EncryptionKeys.TorrentMark"/>.</param>
    public EncryptableLink(PeerLink inner, Func<InfoHash, InfoHash?> find, KeyExchanges exchanges)
    {
        _inner = inner;
        _find = find;
        _exchanges = exchanges;
    }

    /// <summary>To whom we have called: it is asked for encryption.</summary>
    public EncryptableLink(PeerLink inner, InfoHash infoHash)
    {
        _inner = inner;
        _handshake = new EncryptionInitiator(infoHash, Allowed, []);
    }

    public override Socket? Watched => _inner.Watched;

    public override int CommittedBytes => _chunkLeft;

    public override long OwnBytes => _ownBytes + _inner.OwnBytes;

    public override bool IsOpen => _isOpen;

    public override bool WasEncrypted => _wasEncrypted;

    public override void Begin(IWatched owner)
    {
        _inner.Begin(owner);
        if (_handshake is not EncryptionInitiator initiator)
            return;
        var said = new ArrayBufferWriter<byte>(KeyExchange.KeyBytes + EncryptionHandshake.MaxPaddingBytes);
        initiator.Start(said);
        // Refused: the first read tells.
        TrySay(said.WrittenSpan);
    }

    public override int Receive(Span<byte> buffer, out SocketError fault)
    {
        if (_isOpen)
            return ReceiveOpen(buffer, out fault);
        _opening ??= ArrayPool<byte>.Shared.Rent(OpeningBytes);
        while (true)
        {
            int count = _inner.Receive(_opening.AsSpan(_openingCount), out fault);
            if (fault != SocketError.Success || count == 0)
                return 0;
            _openingCount += count;
            FrameStatus status = Open();
            if (status == FrameStatus.Complete)
                return TakeOver(buffer, out fault);
            if (status == FrameStatus.Invalid)
            {
                fault = SocketError.ConnectionReset;
                return 0;
            }
        }
    }

    public override long Send(ReadOnlySpan<SendPlace> places, out SocketError fault) =>
        Send(places, underWay: null, out fault);

    public override long Send(ReadOnlySpan<SendPlace> places, SendUnderWay? underWay, out SocketError fault) =>
        _outgoing is null ? _inner.Send(places, underWay, out fault) : SendEncrypted(places, underWay, out fault);

    public override void Dispose()
    {
        _inner.Dispose();
        if (_opening is not null)
            ArrayPool<byte>.Shared.Return(_opening);
        if (_chunk is not null)
            ArrayPool<byte>.Shared.Return(_chunk);
        (_opening, _chunk, _chunkLeft) = (null, null, 0);
    }

    /// <summary>Goes on with the handshake, or finds that there is none.</summary>
    private FrameStatus Open()
    {
        Span<byte> data = _opening.AsSpan(0, _openingCount);
        if (_handshake is null)
        {
            FrameStatus plain = Handshake.TryRead(data, out _, out _);
            if (plain != FrameStatus.Invalid)
                return data.Length < Handshake.PrefixBytes ? FrameStatus.Incomplete : FrameStatus.Complete;
            if (!_exchanges!.TryBegin())
                return FrameStatus.Invalid;
            _handshake = new EncryptionResponder(Allowed, _find!);
        }
        var said = new ArrayBufferWriter<byte>();
        FrameStatus status = _handshake.Read(data, said, out int consumed);
        data[consumed..].CopyTo(data);
        _openingCount -= consumed;
        return TrySay(said.WrittenSpan) ? status : FrameStatus.Invalid;
    }

    /// <summary>Hands over what came behind the opening, and reads on: whoever gets less than there is room for takes it for all.</summary>
    private int TakeOver(Span<byte> buffer, out SocketError fault)
    {
        _isOpen = true;
        _wasEncrypted = _handshake is not null;
        _incoming = _handshake?.Incoming;
        _outgoing = _handshake?.Outgoing is { IsPlain: false } cipher ? cipher : null;
        _handshake = null;
        int count = _openingCount;
        _opening.AsSpan(0, count).CopyTo(buffer);
        ArrayPool<byte>.Shared.Return(_opening!);
        _opening = null;
        Decrypt(buffer[..count]);
        fault = SocketError.Success;
        while (count < buffer.Length)
        {
            int more = ReceiveOpen(buffer[count..], out fault);
            if (more == 0)
                break;
            count += more;
        }
        // The end comes with the next read.
        if (count > 0)
            fault = SocketError.Success;
        return count;
    }

    private int ReceiveOpen(Span<byte> buffer, out SocketError fault)
    {
        int count = _inner.Receive(buffer, out fault);
        Decrypt(buffer[..count]);
        return count;
    }

    private void Decrypt(Span<byte> bytes)
    {
        if (_incoming is null)
            return;
        _incoming.Apply(bytes, bytes);
        if (_incoming.IsPlain)
            _incoming = null;
    }

    private long SendEncrypted(ReadOnlySpan<SendPlace> places, SendUnderWay? underWay, out SocketError fault)
    {
        long accepted = 0;
        fault = SocketError.Success;
        while (true)
        {
            if (_chunkLeft == 0 && !FillChunk(places, accepted, out fault))
                break;
            int sent = SendChunk(underWay, out fault);
            if (fault != SocketError.Success)
                break;
            accepted += sent;
            if (_chunkLeft > 0)
                break;
        }
        if (_chunkLeft == 0 && _chunk is not null)
        {
            ArrayPool<byte>.Shared.Return(_chunk);
            _chunk = null;
        }
        // What was accepted is told now, the fault with the next send.
        if (accepted > 0)
            fault = SocketError.Success;
        return accepted;
    }

    /// <summary>Encrypts what comes next. False: nothing does, or it cannot be read.</summary>
    private bool FillChunk(ReadOnlySpan<SendPlace> places, long skipBytes, out SocketError fault)
    {
        fault = SocketError.Success;
        if (skipBytes == SendPlace.Sum(places))
            return false;
        _chunk ??= ArrayPool<byte>.Shared.Rent(ChunkBytes);
        Span<byte> chunk = _chunk.AsSpan(0, ChunkBytes);
        int copied = SafeCopy.Copy(places, skipBytes, chunk);
        if (copied == 0)
        {
            fault = SocketError.Fault;
            return false;
        }
        _outgoing!.Apply(chunk[..copied], chunk);
        (_chunkAt, _chunkLeft) = (0, copied);
        return true;
    }

    private int SendChunk(SendUnderWay? underWay, out SocketError fault)
    {
        fixed (byte* first = _chunk)
        {
            var place = new SendPlace(first + _chunkAt, _chunkLeft);
            int sent = (int)_inner.Send(new ReadOnlySpan<SendPlace>(ref place), underWay, out fault);
            _chunkAt += sent;
            _chunkLeft -= sent;
            return sent;
        }
    }

    /// <summary>Sends what is the handshake's own. A fresh socket has room for it; one that has not is given up.</summary>
    private bool TrySay(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return true;
        fixed (byte* first = bytes)
        {
            var place = new SendPlace(first, bytes.Length);
            long sent = _inner.Send(new ReadOnlySpan<SendPlace>(ref place), out _);
            _ownBytes += sent;
            return sent == bytes.Length;
        }
    }
}
