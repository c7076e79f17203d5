using System.Net;
using System.Net.Http.Headers;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>Reads ranges of a file from its web seed. Nothing but exactly the range asked for is accepted.</summary>
/// <param name="http">Its time-outs are not used: each call has its own.</param>
/// <param name="edgeKey">Sent as bearer, by which the origin counts the bytes as fill.</param>
internal sealed class OriginClient(HttpClient http, string edgeKey, TimeProvider clock, EdgeTelemetry telemetry)
{
    /// <summary>For one whole range.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offsetBytes"/> on. Null: done; else what went wrong, for people.</summary>
    /// <param name="next">Told before each read, and at the end, how many bytes are there; says how many to read at most.</param>
    public Task<string?> FetchAsync(
        Uri url,
        long offsetBytes,
        Memory<byte> destination,
        CancellationToken cancellation,
        Func<int, ValueTask<int>>? next = null
    ) => ReadAsync(url, offsetBytes, destination, isContent: true, next, cancellation);

    /// <summary>The same of what is no content, and so no fill.</summary>
    public Task<string?> FetchStatesAsync(Uri url, long offsetBytes, Memory<byte> destination) =>
        ReadAsync(url, offsetBytes, destination, isContent: false, next: null, CancellationToken.None);

    private async Task<string?> ReadAsync(
        Uri url,
        long offsetBytes,
        Memory<byte> destination,
        bool isContent,
        Func<int, ValueTask<int>>? next,
        CancellationToken cancellation
    )
    {
        using var timeout = new CancellationTokenSource(_timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Range = new RangeHeaderValue(offsetBytes, offsetBytes + destination.Length - 1);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", edgeKey);
            using HttpResponseMessage response = await http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                both.Token
            );
            return CheckHead(response, offsetBytes, destination.Length)
                ?? await ReadBodyAsync(response, destination, isContent, next, both.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return fault.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"No whole answer within {_timeout.TotalSeconds} s.";
        }
    }

    private async Task<string?> ReadBodyAsync(
        HttpResponseMessage response,
        Memory<byte> destination,
        bool isContent,
        Func<int, ValueTask<int>>? next,
        CancellationToken cancellation
    )
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        int filled = 0;
        while (filled < destination.Length)
        {
            Memory<byte> room = destination[filled..];
            if (next is not null)
                room = room[..Math.Min(room.Length, await next(filled))];
            int count = await body.ReadAsync(room, cancellation);
            if (count == 0)
                return $"The answer ended after {filled} of {destination.Length} bytes.";
            filled += count;
            if (isContent)
                telemetry.Filled(count);
        }
        if (next is not null)
            await next(filled);
        return null;
    }

    private static string? CheckHead(HttpResponseMessage response, long offsetBytes, int lengthBytes)
    {
        if (response.StatusCode == HttpStatusCode.OK)
            return offsetBytes == 0 && response.Content.Headers.ContentLength == lengthBytes
                ? null
                : "The origin ignored the range.";
        if (response.StatusCode != HttpStatusCode.PartialContent)
            return $"The origin answered {(int)response.StatusCode}.";
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        return range?.From == offsetBytes && range.To == offsetBytes + lengthBytes - 1
            ? null
            : $"The origin sent the range {range}.";
    }
}
