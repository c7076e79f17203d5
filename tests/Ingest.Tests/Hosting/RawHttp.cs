using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A socket that speaks just enough HTTP/1.1 to misbehave on purpose.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    private RawHttp(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>All bytes that were taken from the socket.</summary>
    public long ReadFromSocket { get; private set; }

    /// <summary>Of the last response, in bytes.</summary>
    public int HeadLength { get; private set; }

    public static async Task<RawHttp> ConnectAsync(Uri address, int receiveBufferBytes = 0)
    {
        var ip = IPAddress.Parse(address.Host.Trim('[', ']'));
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBufferBytes > 0)
            socket.ReceiveBufferSize = receiveBufferBytes;
        await socket.ConnectAsync(ip, address.Port);
        return new RawHttp(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
            data = data[await Socket.SendAsync(data, SocketFlags.None)..];
    }

    public Task GetAsync(string path, params string[] headers) =>
        SendAsync($"GET {path} HTTP/1.1\r\nHost: test\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");

    /// <summary>Reads a response's head; its lines, the status line first.</summary>
    public async Task<string[]> ReadHeadAsync()
    {
        var head = new List<byte>();
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (_start == _end && !await FillAsync())
                throw new EndOfStreamException($"The head ends early: {Encoding.ASCII.GetString([.. head])}");
            head.Add(_buffer[_start++]);
        }
        HeadLength = head.Count;
        return Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    public static long ContentLength(string[] head) =>
        long.Parse(
            head.Single(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1],
            CultureInfo.InvariantCulture
        );

    /// <summary>Reads body bytes; fewer at the end of the stream.</summary>
    public async Task<byte[]> ReadAsync(long count)
    {
        var bytes = new MemoryStream();
        while (bytes.Length < count && (_start < _end || await FillAsync()))
        {
            int taken = (int)Math.Min(count - bytes.Length, _end - _start);
            bytes.Write(_buffer, _start, taken);
            _start += taken;
        }
        return bytes.ToArray();
    }

    /// <summary>Reads until the peer ends the stream or resets it.</summary>
    public async Task ReadToEndAsync()
    {
        try
        {
            while (await FillAsync()) { }
        }
        catch (SocketException)
        {
            // As good an end as any.
        }
    }

    /// <summary>Resets the connection, as a killed or unplugged client does.</summary>
    public void Reset() => Socket.Close(timeout: 0);

    public void Dispose() => Socket.Dispose();

    private async Task<bool> FillAsync()
    {
        _start = 0;
        _end = await Socket.ReceiveAsync(_buffer, SocketFlags.None);
        ReadFromSocket += _end;
        return _end > 0;
    }
}
