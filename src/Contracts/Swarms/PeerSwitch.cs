namespace Distribution.Contracts.Swarms;

/// <summary>Where the operator has switched peer-to-peer off, whatever the files' policies say.</summary>
/// <param name="IsOffForAll">For every swarm of the server.</param>
/// <param name="PublishersOff">Ids of publishers for whose swarms it is off by themselves, in order.</param>
[GenerateSerializer, Immutable]
public sealed record PeerSwitch(bool IsOffForAll, IReadOnlyList<string> PublishersOff)
{
    /// <summary>True: no viewer of this publisher's swarms is named to another.</summary>
    public bool IsOffFor(string publisherId) => IsOffForAll || PublishersOff.Contains(publisherId);
}
