using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Distribution.Contracts.Access;
using Distribution.Contracts.Edges;
using Distribution.Dashboard.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Distribution.Dashboard.Access;

/// <summary><c>Authorization: Bearer KEY</c> (RFC 6750) with one of the two <see cref="AccessKeys"/>, or an edge node's own.</summary>
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
        if (shown.StartsWith(EdgeNodeKey.Prefix, StringComparison.Ordinal))
            return await AuthenticateNodeAsync(shown);
        string? role =
            Same(shown, keys.ApiKey) ? AccessPolicies.Publisher
            : Same(shown, keys.EdgeKey) ? AccessPolicies.Edge
            : null;
        if (role is null)
            return AuthenticateResult.Fail("The key is not known.");
        return AuthenticateResult.Success(
            new AuthenticationTicket(AccessPrincipal.Create(Scheme.Name, role), Scheme.Name)
        );
    }

    /// <summary>An edge node's own key, which the fleet knows by its digest.</summary>
    private async Task<AuthenticateResult> AuthenticateNodeAsync(string shown)
    {
        string? node =
            shown.Length > MaxKeyLength
                ? null
                : await grains.GetGrain<IFleetGrain>(0).FindNodeAsync(EdgeNodeKey.DigestOf(shown));
        if (node is null)
            return AuthenticateResult.Fail("The node's key is not known, or was revoked.");
        ClaimsPrincipal principal = AccessPrincipal.Create(Scheme.Name, AccessPolicies.Edge);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(EdgeNodeClaim.Name, node));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
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
