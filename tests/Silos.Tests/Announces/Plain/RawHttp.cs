using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Distribution.Silos.Tests.Announces.Plain;

/// <summary>A TCP connection that is written to as a test likes, and that reads HTTP/1 responses.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private RawHttp(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    public static async Task<RawHttp> ConnectAsync(Uri server)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        return new RawHttp(client);
    }

    public async Task SendAsync(string text) =>
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>Null: the server closed before a response.</summary>
    public async Task<RawResponse?> ReadAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var head = new List<byte>();
        var one = new byte[1];
        while (!(head.Count >= 4 && head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray())))
        {
            if (await _stream.ReadAsync(one, limit.Token) == 0)
                return null;
            head.Add(one[0]);
        }
        string[] lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines[1..]
            .Select(static line => line.Split(": ", 2))
            .ToDictionary(static pair => pair[0].ToLowerInvariant(), static pair => pair[1]);
        var body = new byte[int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture)];
        await _stream.ReadExactlyAsync(body, limit.Token);
        return new RawResponse(lines[0], headers, body);
    }

    public void Dispose() => _client.Dispose();
}
