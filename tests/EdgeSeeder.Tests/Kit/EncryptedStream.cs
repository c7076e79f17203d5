using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Encryption;
using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>A socket whose other end is spoken to encrypted. Every wait ends after ten seconds at most.</summary>
internal sealed class EncryptedStream : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly EncryptionHandshake _handshake;
    private readonly List<byte> _received = [];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly int _mostAtOnce;

    private EncryptedStream(Socket socket, EncryptionHandshake handshake, int mostAtOnce)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _handshake = handshake;
        _mostAtOnce = mostAtOnce;
    }

    public EncryptionMethod Method => _handshake.Method;

    /// <summary>Everything that came, the handshake included.</summary>
    public long BytesRead { get; private set; }

    /// <param name="mostAtOnce">What is said goes in parts of this size.</param>
    public static async Task<EncryptedStream> ConnectAsync(
        int port,
        InfoHash infoHash,
        EncryptionMethod offered,
        byte[] firstData,
        int mostAtOnce = int.MaxValue
    )
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var initiator = new EncryptionInitiator(infoHash, offered, firstData);
        var stream = new EncryptedStream(socket, initiator, mostAtOnce);
        var said = new ArrayBufferWriter<byte>();
        initiator.Start(said);
        await stream.SayAsync(said.WrittenMemory);
        await stream.OpenAsync();
        return stream;
    }

    /// <summary>Takes a call that must be encrypted.</summary>
    public static async Task<EncryptedStream> AcceptAsync(Socket socket, InfoHash infoHash)
    {
        InfoHash mark = EncryptionKeys.TorrentMark(infoHash);
        var responder = new EncryptionResponder(EncryptionMethod.Rc4, asked => asked == mark ? infoHash : null);
        var stream = new EncryptedStream(socket, responder, int.MaxValue);
        await stream.OpenAsync();
        return stream;
    }

    public async Task SendAsync(byte[] plain)
    {
        byte[] bytes = [.. plain];
        _handshake.Outgoing!.Apply(bytes, bytes);
        await SayAsync(bytes);
    }

    /// <summary>Reads so many bytes, decrypted.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        while (_received.Count < count)
            Assert.True(await FillAsync(), $"The connection was closed after {_received.Count} bytes of {count}.");
        byte[] bytes = [.. _received.Take(count)];
        _received.RemoveRange(0, count);
        return bytes;
    }

    /// <summary>The next message.</summary>
    public async Task<TestFrame> ReadMessageAsync(TestContent content)
    {
        var limits = new FrameLimits { PieceCount = content.Torrent.PieceCount, MaxBlockBytes = 128 * 1024 };
        byte[] length = await ReadAsync(4);
        byte[] body = await ReadAsync(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length));
        FrameStatus status = PeerMessage.TryRead([.. length, .. body], limits, out PeerMessage message, out _, out _);
        Assert.Equal(FrameStatus.Complete, status);
        return new TestFrame(message.Type, message.Block, message.ExtensionId, message.Payload.ToArray());
    }

    public async Task ReadToEndAsync()
    {
        while (await FillAsync()) { }
    }

    public void Dispose() => _socket.Dispose();

    private async Task OpenAsync()
    {
        var unread = new List<byte>();
        while (_handshake.Method == EncryptionMethod.None)
        {
            int count = await ReceiveAsync();
            Assert.True(count > 0, "The connection was closed in the handshake.");
            unread.AddRange(_buffer.AsSpan(0, count));
            var said = new ArrayBufferWriter<byte>();
            FrameStatus status = _handshake.Read(unread.ToArray(), said, out int consumed);
            Assert.True(status != FrameStatus.Invalid, $"{_handshake.Error}");
            unread.RemoveRange(0, consumed);
            await SayAsync(said.WrittenMemory);
        }
        Decrypt([.. unread]);
    }

    private async Task<bool> FillAsync()
    {
        int count = await ReceiveAsync();
        Decrypt(_buffer[..count]);
        return count > 0;
    }

    private async Task<int> ReceiveAsync()
    {
        try
        {
            int count = await _socket.ReceiveAsync(_buffer).WaitAsync(_patience);
            BytesRead += count;
            return count;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private void Decrypt(byte[] bytes)
    {
        _handshake.Incoming!.Apply(bytes, bytes);
        _received.AddRange(bytes);
    }

    private async Task SayAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[
                await _socket.SendAsync(bytes[..Math.Min(bytes.Length, _mostAtOnce)]).AsTask().WaitAsync(_patience)..
            ];
    }
}
