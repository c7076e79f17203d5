using System.Collections.Concurrent;
using System.Security.Claims;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Dashboard.Access;

/// <summary>
/// Holds the credentials of answers that go on for minutes against the accounts and keys as they are, every two seconds: a request's own check is
/// made when it begins. However many streams one account or key has open, it is asked about once.
/// </summary>
internal sealed partial class CredentialWatch(IGrainFactory grains, TimeProvider clock, ILogger<CredentialWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Followed, bool> _followed = new();

    /// <summary>Cancelled once the user may not read any more what they read: signed out, removed, the key revoked or over. Dispose it at the end.</summary>
    public Followed Follow(ClaimsPrincipal user)
    {
        var followed = new Followed(this, user);
        _followed[followed] = true;
        return followed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (IGrouping<string, Followed> same in _followed.Keys.GroupBy(one => one.Credentials).ToList())
                    await CheckAsync(same, stoppingToken);
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task CheckAsync(IGrouping<string, Followed> same, CancellationToken stop)
    {
        try
        {
            if (await MayStillReadAsync(same.First().User))
                return;
            foreach (Followed followed in same)
                followed.End();
        }
#pragma warning disable CA1031 // nobody loses a stream because the accounts cannot be read for a moment
        catch (Exception fault) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogUnchecked(fault);
        }
    }

    private async Task<bool> MayStillReadAsync(ClaimsPrincipal user)
    {
        string id = AccessPrincipal.AccountIdOf(user);
        string publisher = AccessClaims.PublisherOf(user);
        if (AccessPrincipal.KeyIdOf(id) is { } keyId)
            return await grains.GetGrain<IApiKeysGrain>(0).IsUsableAsync(publisher, keyId);
        if (user.FindFirstValue(AccessPrincipal.StampClaim) is not { } stamp)
            // The keys in the data folder end with it.
            return true;
        AccountSession? session = await grains
            .GetGrain<IAccountsGrain>(0)
            .ReadSessionAsync(id, AccessPrincipal.SessionIdOf(user));
        return session?.SecurityStamp == stamp
            && session.Memberships.Any(member =>
                member.PublisherId == publisher && RolePermissions.Of(member.Role).Contains(AccessPolicies.Read)
            );
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "It could not be checked whether somebody may still read.")]
    private partial void LogUnchecked(Exception fault);

    /// <summary>One answer that goes on.</summary>
    internal sealed class Followed(CredentialWatch watch, ClaimsPrincipal user) : IDisposable
    {
        private readonly CancellationTokenSource _ended = new();

        public ClaimsPrincipal User => user;

        /// <summary>The same for the same account or key, publisher and session.</summary>
        public string Credentials { get; } =
            $"{AccessPrincipal.AccountIdOf(user)}\n{AccessClaims.PublisherOf(user)}\n{user.FindFirstValue(AccessPrincipal.StampClaim)}\n{AccessPrincipal.SessionIdOf(user)}";

        public CancellationToken Ended => _ended.Token;

        public void End()
        {
            // It may end by itself in the same moment.
            if (watch._followed.ContainsKey(this))
            {
                try
                {
                    _ended.Cancel();
                }
                catch (ObjectDisposedException) { }
            }
        }

        public void Dispose()
        {
            watch._followed.TryRemove(this, out _);
            _ended.Dispose();
        }
    }
}
