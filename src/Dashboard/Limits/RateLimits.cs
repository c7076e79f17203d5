using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Limits;

/// <summary>
/// Token buckets, one a key or account, and for strangers one a place of a table that addresses are hashed into, so that no crowd of addresses makes
/// it grow; two that share a place share its bucket. Any thread.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    /// <summary>Places for addresses, in each of the two tables. A bucket takes about 0.3 KB, and is dropped when it has been full for a while.</summary>
    private const int Places = 1 << 16;

    private readonly PartitionedRateLimiter<string>? _callers;
    private readonly PartitionedRateLimiter<int>? _strangers;
    private readonly PartitionedRateLimiter<int>? _signIns;

    public RateLimits(RateLimitOptions options)
    {
        _callers = Create<string>(options.RequestsPerSecond, options.RequestBurst, TimeSpan.FromSeconds(1));
        _strangers = Create<int>(options.StrangersPerSecond, options.StrangerBurst, TimeSpan.FromSeconds(1));
        _signIns = Create<int>(options.SignInsPerMinute, options.SignInBurst, TimeSpan.FromMinutes(1));
    }

    /// <summary>Takes a request's tokens. Null: it may go on; else how long it should wait.</summary>
    /// <param name="isSignIn">It tries to sign in, whoever it is from.</param>
    public TimeSpan? Refuse(HttpContext context, bool isSignIn)
    {
        int place = PlaceOf(context.Connection.RemoteIpAddress);
        if (isSignIn && Refuse(_signIns, place) is { } wait)
            return wait;
        return context.User.Identity?.IsAuthenticated == true
            ? Refuse(_callers, AccessPrincipal.AccountIdOf(context.User))
            : Refuse(_strangers, place);
    }

    public void Dispose()
    {
        _callers?.Dispose();
        _strangers?.Dispose();
        _signIns?.Dispose();
    }

    private static TimeSpan? Refuse<TKey>(PartitionedRateLimiter<TKey>? limiter, TKey key)
    {
        if (limiter is null)
            return null;
        using RateLimitLease lease = limiter.AttemptAcquire(key);
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? wait : TimeSpan.FromSeconds(1);
    }

    private static PartitionedRateLimiter<TKey>? Create<TKey>(int rate, int burst, TimeSpan period)
        where TKey : notnull
    {
        if (rate == 0)
            return null;
        // In small parts, so that nobody waits for a whole period's tokens.
        int parts = Math.Clamp(rate, 1, 10);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = Math.Max(1, rate / parts),
            ReplenishmentPeriod = period / parts,
            QueueLimit = 0,
        };
        return PartitionedRateLimiter.Create<TKey, TKey>(key =>
            RateLimitPartition.GetTokenBucketLimiter(key, _ => bucket)
        );
    }

    // Seeded anew in each process: nobody can choose whom to share a place with.
    private static int PlaceOf(IPAddress? address)
    {
        if (address is null)
            return 0;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        var hash = new HashCode();
        // A household has an IPv6 network of its own.
        hash.AddBytes(bytes[..(address.AddressFamily == AddressFamily.InterNetworkV6 ? 8 : length)]);
        return (hash.ToHashCode() & int.MaxValue) % Places;
    }
}
