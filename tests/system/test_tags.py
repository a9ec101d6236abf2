"""Tags: given at creation, changed later, gone with their resource."""

import threading

import pytest
from harness import expect

FLEET = {"InstanceType": "stream.standard.small", "ImageName": "tiny", "ComputeCapacity": {"DesiredInstances": 1}}


@pytest.fixture(params=["stack", "fleet"])
def kind(request):
    return request.param


@pytest.fixture
def create(aws, kind):
    """Creates a resource of the kind; returns its ARN. All are deleted afterwards."""
    made = []

    def create(name, **more):
        answer = aws.create_stack(Name=name, **more)["Stack"] if kind == "stack" else aws.create_fleet(Name=name, **FLEET, **more)["Fleet"]
        made.append(name)
        return answer["Arn"]

    yield create
    for name in made:
        (aws.delete_stack if kind == "stack" else aws.delete_fleet)(Name=name)


def tags(aws, arn):
    return aws.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_tags_at_creation(aws, create, unique):
    given = {"team": "apps", "cost center": "4711", "empty": "", "größe": "süß", "a:b/c=d+e-f@g_h.i": "x" * 256}
    assert tags(aws, create(unique, Tags=given)) == given


def test_a_resource_without_tags_has_none(aws, create, unique):
    assert tags(aws, create(unique)) == {}


def test_fifty_tags_but_not_fifty_one(aws, create, kind, unique):
    fifty = {f"key-{number}": str(number) for number in range(50)}
    arn = create(unique, Tags=fifty)
    assert tags(aws, arn) == fifty
    expect.error(lambda: create(f"{unique}-more", Tags=fifty | {"one": "more"}), "ValidationException")
    # Neither the resource nor its tags were written.
    expect.error(lambda: getattr(aws, f"describe_{kind}s")(Names=[f"{unique}-more"]), "ResourceNotFoundException")
    expect.error(lambda: aws.tag_resource(ResourceArn=arn, Tags={"one": "more"}), "LimitExceededException")
    assert tags(aws, arn) == fifty, "a refused call changes nothing"
    aws.tag_resource(ResourceArn=arn, Tags={"key-7": "seven"})  # an old key takes no place
    assert tags(aws, arn) == fifty | {"key-7": "seven"}


def test_keys_of_aws_are_refused(aws, create, unique):
    expect.error(lambda: create(f"{unique}-x", Tags={"aws:name": "x"}), "ValidationException")
    arn = create(unique)
    expect.error(lambda: aws.tag_resource(ResourceArn=arn, Tags={"aws:name": "x"}), "ValidationException")
    assert tags(aws, arn) == {}


@pytest.mark.parametrize("bad", [{"": "x"}, {"k" * 129: "x"}, {"k": "x" * 257}, {"k": "a\nb"}, {"k*": "x"}], ids=["empty-key", "long-key", "long-value", "newline", "star"])
def test_bad_tags_are_refused(server, protocol, create, unique, bad):
    lenient = server.client(protocol, parameter_validation=False)
    expect.error(lambda: create(f"{unique}-x", Tags=bad), "ValidationException") if "" not in bad else None
    arn = create(unique)
    expect.error(lambda: lenient.tag_resource(ResourceArn=arn, Tags=bad), "ValidationException")


def test_tag_untag_list(aws, create, unique):
    arn = create(unique, Tags={"a": "1", "b": "2"})
    aws.tag_resource(ResourceArn=arn, Tags={"b": "two", "c": ""})
    assert tags(aws, arn) == {"a": "1", "b": "two", "c": ""}
    aws.untag_resource(ResourceArn=arn, TagKeys=["a", "never there"])
    assert tags(aws, arn) == {"b": "two", "c": ""}


def test_tags_vanish_with_their_resource(aws, kind, unique):
    create = (lambda: aws.create_stack(Name=unique, Tags={"old": "1"})["Stack"]) if kind == "stack" else (lambda: aws.create_fleet(Name=unique, **FLEET, Tags={"old": "1"})["Fleet"])
    delete = getattr(aws, f"delete_{kind}")
    arn = create()["Arn"]
    delete(Name=unique)
    expect.error(lambda: tags(aws, arn), "ResourceNotFoundException")
    (aws.create_stack(Name=unique) if kind == "stack" else aws.create_fleet(Name=unique, **FLEET))
    assert tags(aws, arn) == {}
    delete(Name=unique)


def test_unknown_resources(server, aws, unique):
    for resource in (f"stack/{unique}", f"fleet/{unique}"):
        arn = f"arn:aws:appstream:us-east-1:{server.account.id}:{resource}"
        expect.error(lambda arn=arn: tags(aws, arn), "ResourceNotFoundException")
        expect.error(lambda arn=arn: aws.tag_resource(ResourceArn=arn, Tags={"a": "b"}), "ResourceNotFoundException")
        expect.error(lambda arn=arn: aws.untag_resource(ResourceArn=arn, TagKeys=["a"]), "ResourceNotFoundException")


def test_resource_and_tags_appear_together(server, aws, protocol, unique):
    """While one client creates, another lists: whoever sees the stack sees all of its tags."""
    names = [f"{unique}-{number}" for number in range(25)]
    expected = {f"k{number}": "v" for number in range(10)}
    seen, done, wrong = set(), threading.Event(), []

    def watch():
        client = server.client(protocol)
        while not done.is_set():
            for stack in client.describe_stacks()["Stacks"]:
                if stack["Name"] in names and stack["Name"] not in seen:
                    seen.add(stack["Name"])
                    if tags(client, stack["Arn"]) != expected:
                        wrong.append(stack["Name"])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for name in names:
            aws.create_stack(Name=name, Tags=expected)
    finally:
        done.set()
        watcher.join(30)
    assert not wrong
    for name in names:
        aws.delete_stack(Name=name)
