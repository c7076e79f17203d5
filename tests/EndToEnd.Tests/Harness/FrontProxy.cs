using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Extensions;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>An HTTP proxy in front of the server, as others set them up: with a limit on bodies (413), with TLS, or too old to be asked (417).</summary>
internal sealed class FrontProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _server;
    private readonly long _maxBodyBytes;
    private readonly bool _canBeAsked;
    private readonly ConcurrentQueue<long> _refused = [];
    private readonly ConcurrentQueue<long> _taken = [];
    private int _asked;

    private FrontProxy(WebApplication app, int serverPort, long maxBodyBytes, bool canBeAsked)
    {
        _app = app;
        _maxBodyBytes = maxBodyBytes;
        _canBeAsked = canBeAsked;
        _server = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{serverPort}"),
        };
    }

    /// <summary>Lengths of the PATCH bodies that were refused as too long.</summary>
    public IReadOnlyCollection<long> Refused => _refused;

    /// <summary>Lengths of the PATCH bodies that were handed on.</summary>
    public IReadOnlyCollection<long> Taken => _taken;

    /// <summary>Requests that wanted to hear first whether their body may come (Expect: 100-continue).</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <param name="canBeAsked">False: such requests are answered 417.</param>
    /// <param name="certificate">Null: plain HTTP.</param>
    public static async Task<FrontProxy> StartAsync(
        int port,
        int serverPort,
        long maxBodyBytes = long.MaxValue,
        X509Certificate2? certificate = null,
        bool canBeAsked = true
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(
                IPAddress.Loopback,
                port,
                listen =>
                {
                    if (certificate is not null)
                        listen.UseHttps(certificate);
                }
            );
        });
        WebApplication app = builder.Build();
        var proxy = new FrontProxy(app, serverPort, maxBodyBytes, canBeAsked);
        app.Run(proxy.HandOnAsync);
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _server.Dispose();
    }

    private async Task HandOnAsync(HttpContext context)
    {
        long bodyBytes = context.Request.ContentLength ?? 0;
        if (context.Request.Headers.Expect.Count > 0)
        {
            Interlocked.Increment(ref _asked);
            if (!_canBeAsked)
            {
                context.Response.StatusCode = StatusCodes.Status417ExpectationFailed;
                context.Response.Headers.Connection = "close";
                return;
            }
        }
        bool isPart = HttpMethods.IsPatch(context.Request.Method);
        if (bodyBytes > _maxBodyBytes)
        {
            _refused.Enqueue(bodyBytes);
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            context.Response.Headers.Connection = "close";
            return;
        }
        if (isPart)
            _taken.Enqueue(bodyBytes);
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            context.Request.GetEncodedPathAndQuery()
        );
        if (context.Request.ContentLength is not null || context.Request.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(context.Request.Body);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Headers)
        {
            if (name is "Host" or "Expect" or "Connection" or "Transfer-Encoding")
                continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        using HttpResponseMessage answer = await _server.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            context.RequestAborted
        );
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Connection"))
                context.Response.Headers[name] = values.ToArray();
        }
        // A HEAD's and a 204's answer have none.
        if (!HttpMethods.IsHead(context.Request.Method) && answer.StatusCode != HttpStatusCode.NoContent)
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
