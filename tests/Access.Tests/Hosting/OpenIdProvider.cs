using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Distribution.Access.Tests.Hosting;

/// <summary>A small OpenID Connect provider: authorization code with PKCE, RS256. It says yes to everybody, as whom the test wants.</summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    public const string ClientId = "distribution";

    private const string KeyId = "key";

    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge, string Subject)> _codes = new();
    private readonly WebApplication _app;

    private OpenIdProvider(WebApplication app) => _app = app;

    public Uri Authority { get; private set; } = new("http://127.0.0.1");

    /// <summary>Who signs in next.</summary>
    public string Subject { get; set; } = "";

    public static async Task<OpenIdProvider> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var provider = new OpenIdProvider(app);
        app.MapGet("/.well-known/openid-configuration", provider.Describe);
        app.MapGet("/keys", provider.Keys);
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync();
        provider.Authority = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private string Issuer => Authority.AbsoluteUri.TrimEnd('/');

    private IResult Describe() =>
        Results.Json(
            new Dictionary<string, object>
            {
                ["issuer"] = Issuer,
                ["authorization_endpoint"] = $"{Issuer}/authorize",
                ["token_endpoint"] = $"{Issuer}/token",
                ["jwks_uri"] = $"{Issuer}/keys",
                ["response_types_supported"] = new[] { "code" },
                ["subject_types_supported"] = new[] { "public" },
                ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
                ["code_challenge_methods_supported"] = new[] { "S256" },
            }
        );

    private IResult Keys()
    {
        RSAParameters key = _key.ExportParameters(includePrivateParameters: false);
        return Results.Json(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "RSA",
                        use = "sig",
                        kid = KeyId,
                        n = Base64Url.EncodeToString(key.Modulus),
                        e = Base64Url.EncodeToString(key.Exponent),
                    },
                },
            }
        );
    }

    private IResult Authorize(HttpRequest request)
    {
        IQueryCollection asked = request.Query;
        if (
            asked["client_id"] != ClientId
            || asked["response_type"] != "code"
            || asked["code_challenge_method"] != "S256"
        )
            return Results.BadRequest();
        string code = Guid.NewGuid().ToString("N");
        _codes[code] = (asked["nonce"].ToString(), asked["code_challenge"].ToString(), Subject);
        return Results.Redirect(
            QueryHelpers.AddQueryString(
                asked["redirect_uri"].ToString(),
                new Dictionary<string, string?> { ["code"] = code, ["state"] = asked["state"] }
            )
        );
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        IFormCollection form = await request.ReadFormAsync();
        string verifier = form["code_verifier"].ToString();
        string challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        if (!_codes.TryRemove(form["code"].ToString(), out var known) || known.Challenge != challenge)
            return Results.BadRequest(new { error = "invalid_grant" });
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string head = Part(
            new
            {
                alg = "RS256",
                kid = KeyId,
                typ = "JWT",
            }
        );
        string body = Part(
            new
            {
                iss = Issuer,
                aud = ClientId,
                sub = known.Subject,
                email = $"{known.Subject}@example.org",
                nonce = known.Nonce,
                iat = now,
                exp = now + 300,
            }
        );
        byte[] signature = _key.SignData(
            Encoding.ASCII.GetBytes($"{head}.{body}"),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return Results.Json(
            new
            {
                access_token = "unused",
                token_type = "Bearer",
                id_token = $"{head}.{body}.{Base64Url.EncodeToString(signature)}",
            }
        );
    }

    private static string Part(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
