using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Api;
using Distribution.Dashboard.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Distribution.Dashboard.Access;

/// <summary><c>Authorization: Bearer KEY</c> (RFC 6750) with one of the two <see cref="AccessKeys"/>, or a key that a publisher made.</summary>
internal sealed class KeyAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AccessKeys keys,
    IGrainFactory grains
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";
    private const int MaxKeyLength = 256;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        string shown = header[Prefix.Length..].Trim();
        ClaimsPrincipal? user =
            Same(shown, keys.ApiKey) ? AccessPrincipal.OperatorKey(Scheme.Name)
            : Same(shown, keys.EdgeKey) ? AccessPrincipal.EdgeKey(Scheme.Name)
            : PublisherKeys.IsSecret(shown)
            && await grains.GetGrain<IApiKeysGrain>(0).UseAsync(Secrets.Digest(shown)) is { } key
                ? AccessPrincipal.Key(Scheme.Name, key)
            : null;
        return user is null
            ? AuthenticateResult.Fail("The key is not known.")
            : AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.Unauthorized().ExecuteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.Forbidden().ExecuteAsync(Context);

    // Digests have one length, so that neither the key's length nor its characters show in the time taken.
    private static bool Same(string shown, string key)
    {
        if (shown.Length > MaxKeyLength)
            return false;
        Span<byte> left = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> right = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(shown), left);
        SHA256.HashData(Encoding.UTF8.GetBytes(key), right);
        return CryptographicOperations.FixedTimeEquals(left, right);
    }
}
