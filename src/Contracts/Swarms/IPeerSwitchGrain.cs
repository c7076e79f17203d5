using Distribution.Contracts.Accounts;

namespace Distribution.Contracts.Swarms;

/// <summary>
/// The operator's switch for peer-to-peer, beside each file's own policy. Stateless: any activation answers, key 0. Where it is off, announces are
/// answered with edges alone, and browsers are told of no other: nobody is connected anew. Who knows one another already stays connected.
/// </summary>
public interface IPeerSwitchGrain : IGrainWithIntegerKey
{
    Task<PeerSwitch> ReadAsync();

    /// <summary>Every silo that answers does as is stored when it returns.</summary>
    Task FollowAsync();

    /// <summary>Durable, with its audit entry, and followed by every silo that answers, when it returns.</summary>
    /// <param name="publisherId">Null: the whole server.</param>
    /// <param name="ifStill">What the switch must be before; null: anything.</param>
    /// <returns>What it is then; null: it is not <paramref name="ifStill"/>, and stays.</returns>
    Task<PeerSwitch?> SetAsync(string? publisherId, bool isOff, AuditEntry log, PeerSwitch? ifStill = null);
}
