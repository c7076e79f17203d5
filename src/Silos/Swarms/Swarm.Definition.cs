using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Swarms;

/// <summary>What it is the swarm of.</summary>
public sealed partial class Swarm
{
    private PeerPolicy _policy;

    public SwarmDefinition Definition { get; private set; }

    /// <summary>The definition's; like the next two it lies here, as each announce asks for it.</summary>
    internal InfoHash InfoHash { get; }

    private long SizeBytes { get; set; }

    /// <summary>The publisher's word, unless the operator has switched peers off.</summary>
    private PeerPolicy Policy =>
        _policy == PeerPolicy.Off || _selection.Switches.IsOffFor(PublisherId) ? PeerPolicy.Off : PeerPolicy.Everyone;

    private string PublisherId { get; set; } = "";

    /// <summary>A new policy, or another file of the same content, which has accounts of its own.</summary>
    public void Follow(SwarmDefinition definition, long completed)
    {
        if (definition.FileId != Definition.FileId)
        {
            Completed = completed;
            _peers.ForgetSessions();
            _browsers?.ForgetSessions();
        }
        Take(definition);
    }

    [MemberNotNull(nameof(Definition))]
    private void Take(SwarmDefinition definition)
    {
        Definition = definition;
        SizeBytes = definition.SizeBytes;
        _policy = definition.Policy;
        PublisherId = definition.PublisherId;
    }
}
