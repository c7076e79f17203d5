using System.Collections.Concurrent;
using Distribution.Contracts.Links;

namespace Distribution.Dashboard.Access;

/// <summary>Keeps digests of the tokens only, so that a memory dump signs nobody in.</summary>
internal sealed class SignInLinks(DashboardOptions options, PublicUrls urls, TimeProvider time) : ISignInLinks
{
    /// <summary>More unused links than this push the oldest out.</summary>
    public const int MaxUnused = 1000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiryByDigest = new();

    public SignInLink Create()
    {
        DropExpired();
        string token = Secrets.Create();
        DateTimeOffset expiresAt = time.GetUtcNow() + options.SignInLinkLifetime;
        _expiryByDigest[Secrets.Digest(token)] = expiresAt;
        return new SignInLink($"{urls.Base}/sign-in?token={token}", expiresAt);
    }

    /// <summary>True while the token would still sign in; uses nothing up.</summary>
    public bool IsUsable(string? token) =>
        token?.Length == Secrets.Length
        && _expiryByDigest.TryGetValue(Secrets.Digest(token), out DateTimeOffset expiresAt)
        && time.GetUtcNow() < expiresAt;

    /// <summary>True for exactly one caller a token.</summary>
    public bool TryUse(string? token) =>
        token?.Length == Secrets.Length
        && _expiryByDigest.TryRemove(Secrets.Digest(token), out DateTimeOffset expiresAt)
        && time.GetUtcNow() < expiresAt;

    private void DropExpired()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach ((string digest, DateTimeOffset expiresAt) in _expiryByDigest)
        {
            if (expiresAt <= now)
                _expiryByDigest.TryRemove(digest, out _);
        }
        while (_expiryByDigest.Count >= MaxUnused)
            _expiryByDigest.TryRemove(_expiryByDigest.MinBy(entry => entry.Value).Key, out _);
    }
}
